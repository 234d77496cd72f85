import { NotFoundError } from '@understudy/shared/errors';
import type { WebhookDocument } from '@understudy/shared/store/webhooks/model';
import { findWebhook } from '@understudy/shared/store/webhooks/webhooks';
import type { ClientSession } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';

/** An endpoint that the viewer may see. @throws {NotFoundError} where their client has none of this id. */
export async function findVisibleWebhook(
  { store }: Context,
  viewer: Viewer,
  id: string,
  session: ClientSession | null = null,
): Promise<WebhookDocument> {
  const found = await findWebhook(store, id, toVisibleClient(viewer), session);
  if (!found) throw new NotFoundError('not_found', 'There is no such webhook.');
  return found;
}

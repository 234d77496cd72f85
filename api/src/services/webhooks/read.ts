import type { Webhook } from '@understudy/shared/contracts/webhook';
import { listWebhooks as findPage } from '@understudy/shared/store/webhooks/webhooks';
import type { Context } from '../../context.ts';
import { readPage, type PageQuery } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { findVisibleWebhook } from './find.ts';
import { describeWebhook, describeWebhooks, type TaggedWebhook } from './to-webhook.ts';

/** A page of the endpoints that the viewer may see, newest first. */
export async function listWebhooks(
  ctx: Context,
  { viewer, ...query }: PageQuery & { viewer: Viewer },
): Promise<{ data: Webhook[]; nextCursor: string | null }> {
  const client = toVisibleClient(viewer);
  const { items, nextCursor } = await readPage(query, 'whk', (page) =>
    findPage(ctx.store, { ...page, client }),
  );
  return { data: await describeWebhooks(ctx, items), nextCursor };
}

/** One endpoint, with the tag of its revision. @throws {NotFoundError} where the viewer has none of this id. */
export async function getWebhook(
  ctx: Context,
  { viewer, id }: { viewer: Viewer; id: string },
): Promise<TaggedWebhook> {
  return describeWebhook(ctx, await findVisibleWebhook(ctx, viewer, id));
}

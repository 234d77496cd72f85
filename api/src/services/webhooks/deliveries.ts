import type { Delivery, DeliveryQuery } from '@understudy/shared/contracts/webhook';
import { ConflictError, NotFoundError } from '@understudy/shared/errors';
import {
  findDelivery,
  listDeliveries as findPage,
  redeliver,
} from '@understudy/shared/store/webhooks/read-deliveries';
import { endPause } from '@understudy/shared/store/webhooks/targets';
import type { Context } from '../../context.ts';
import { readPage } from '../../http/cursor.ts';
import type { Viewer } from '../../http/viewer.ts';
import { assertMayDeliver } from './assert-may-hear.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';
import { findVisibleWebhook } from './find.ts';
import { toDelivery } from './to-delivery.ts';

/** A page of an endpoint's deliveries, newest first, each with its tries. @throws {ForbiddenError} where it is for operators. */
export async function listDeliveries(
  ctx: Context,
  { viewer, id, query }: { viewer: Viewer; id: string; query: DeliveryQuery },
): Promise<{ data: Delivery[]; nextCursor: string | null }> {
  const { _id, events } = await findVisibleWebhook(ctx, viewer, id);
  assertMayDeliver(viewer, events);
  const { items, nextCursor } = await readPage(query, 'whd', (page) =>
    findPage(ctx.store, _id, { ...page, states: query.state }),
  );
  return { data: items.map(toDelivery), nextCursor };
}

/**
 * Has an event delivered again, at once and from the start of the schedule, with the same `webhook-id`.
 * @throws {NotFoundError}; {ForbiddenError} where it is for operators; {ConflictError} `not_retryable` for a disabled endpoint, an erased job, or one under way.
 */
export async function redeliverEvent(
  ctx: Context,
  { viewer, id, deliveryId }: { viewer: Viewer; id: string; deliveryId: string },
): Promise<Delivery> {
  const { store, clock } = ctx;
  const webhook = await findVisibleWebhook(ctx, viewer, id);
  assertMayDeliver(viewer, webhook.events);
  const known = await findDelivery(store, deliveryId);
  if (known?.webhookId !== id) throw new NotFoundError('not_found', 'There is no such delivery.');
  assertMayDeliver(viewer, [known.type]);
  if (!webhook.enabled && !known.once) {
    throw new ConflictError('not_retryable', 'The webhook is disabled: enable it first.');
  }
  const now = new Date(clock.now());
  const again = await redeliver(store, { id: deliveryId, webhookId: id, now });
  if (!again) throw new ConflictError('not_retryable', 'It is being tried now, or its job was erased.');
  await endPause(store, again.target);
  await enqueueDelivery(ctx, again);
  return toDelivery(again);
}

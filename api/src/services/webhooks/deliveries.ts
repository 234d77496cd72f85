import type { Delivery, DeliveryQuery } from '@understudy/shared/contracts/webhook';
import { ConflictError, NotFoundError } from '@understudy/shared/errors';
import {
  findDelivery,
  listDeliveries as findPage,
  redeliver,
  type DeliveriesOf,
} from '@understudy/shared/store/webhooks/read-deliveries';
import { endPause } from '@understudy/shared/store/webhooks/targets';
import type { Context } from '../../context.ts';
import { readPage } from '../../http/cursor.ts';
import type { Viewer } from '../../http/viewer.ts';
import { findJob } from '../classifications/find.ts';
import { assertMayDeliver } from './assert-may-hear.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';
import { findVisibleWebhook } from './find.ts';
import { toDelivery } from './to-delivery.ts';

interface Listing {
  viewer: Viewer;
  id: string;
  query: DeliveryQuery;
}

interface Redelivery {
  viewer: Viewer;
  id: string;
  deliveryId: string;
}

interface DeliveryPage {
  data: Delivery[];
  nextCursor: string | null;
}

/** A page of an endpoint's deliveries, newest first, each with its tries. @throws {ForbiddenError} where it is for operators. */
export async function listDeliveries(ctx: Context, { viewer, id, query }: Listing): Promise<DeliveryPage> {
  const { _id, events } = await findVisibleWebhook(ctx, viewer, id);
  assertMayDeliver(viewer, events);
  return readDeliveries(ctx, { webhookId: _id }, query);
}

/** The same of what a job has sent to the `webhookUrl` that it brought along. @throws {NotFoundError}. */
export async function listJobDeliveries(ctx: Context, { viewer, id, query }: Listing): Promise<DeliveryPage> {
  const { _id } = await findJob(ctx, viewer, id);
  return readDeliveries(ctx, { webhookId: null, jobId: _id }, query);
}

async function readDeliveries(ctx: Context, of: DeliveriesOf, query: DeliveryQuery): Promise<DeliveryPage> {
  const { items, nextCursor } = await readPage(query, 'whd', (page) =>
    findPage(ctx.store, of, { ...page, states: query.state }),
  );
  return { data: items.map(toDelivery), nextCursor };
}

/**
 * Has an event delivered again, at once and from the start of the schedule, with the same `webhook-id`.
 * @throws {NotFoundError}; {ForbiddenError} where it is for operators; {ConflictError} `not_retryable` for a disabled endpoint, an erased job, or one under way.
 */
export async function redeliverEvent(
  ctx: Context,
  { viewer, id, deliveryId }: Redelivery,
): Promise<Delivery> {
  const webhook = await findVisibleWebhook(ctx, viewer, id);
  assertMayDeliver(viewer, webhook.events);
  const known = await findDelivery(ctx.store, deliveryId);
  if (known?.webhookId !== id) throw new NotFoundError('not_found', 'There is no such delivery.');
  assertMayDeliver(viewer, [known.type]);
  if (!webhook.enabled && !known.once) {
    throw new ConflictError('not_retryable', 'The webhook is disabled: enable it first.');
  }
  return deliverAgain(ctx, deliveryId);
}

/** The same to the `webhookUrl` that a job brought along. @throws {NotFoundError}; {ConflictError} as above. */
export async function redeliverOfJob(
  ctx: Context,
  { viewer, id, deliveryId }: Redelivery,
): Promise<Delivery> {
  const { _id } = await findJob(ctx, viewer, id);
  const known = await findDelivery(ctx.store, deliveryId);
  if (known?.jobId !== _id || known.webhookId !== null) {
    throw new NotFoundError('not_found', 'There is no such delivery.');
  }
  return deliverAgain(ctx, deliveryId);
}

async function deliverAgain(ctx: Context, id: string): Promise<Delivery> {
  const { store, clock } = ctx;
  const again = await redeliver(store, { id, now: new Date(clock.now()) });
  if (!again) throw new ConflictError('not_retryable', 'It is being tried now, or its job was erased.');
  await endPause(store, again.target);
  await enqueueDelivery(ctx, again);
  return toDelivery(again);
}

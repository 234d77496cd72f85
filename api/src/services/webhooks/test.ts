import type { Delivery } from '@understudy/shared/contracts/webhook';
import { createId } from '@understudy/shared/ids';
import {
  insertDeliveries,
  toDelivery as toDocument,
} from '@understudy/shared/store/webhooks/insert-deliveries';
import { findDelivery } from '@understudy/shared/store/webhooks/read-deliveries';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { RE_READ_MS } from '../worker-times.ts';
import { assertMayDeliver } from './assert-may-hear.ts';
import { enqueueDelivery } from './enqueue-delivery.ts';
import { findVisibleWebhook } from './find.ts';
import { toDelivery } from './to-delivery.ts';

interface TestInput {
  viewer: Viewer;
  id: string;
  /** How long to wait for the try's end, or null to answer at once. */
  waitSeconds: number | null;
  signal: AbortSignal;
}

/**
 * Sends an endpoint one message of its own, `webhook.test`, tried once, also where it is disabled.
 * @throws {NotFoundError} where the viewer has no such endpoint; {ForbiddenError} where it is for operators.
 */
export async function testWebhook(ctx: Context, input: TestInput): Promise<Delivery> {
  const { viewer, id, waitSeconds, signal } = input;
  const { store, clock, hub } = ctx;
  const { client, events } = await inStoreTime(findVisibleWebhook(ctx, viewer, id));
  assertMayDeliver(viewer, events);
  const now = new Date(clock.now());
  const data = { summary: 'A test of this endpoint; there is nothing to do.', webhookId: id, client };
  const body = JSON.stringify({ type: 'webhook.test', timestamp: now.toISOString(), data });
  const event = { eventId: createId('evt'), type: 'webhook.test' as const, jobId: null, body, once: true };
  const document = toDocument({ ...event, target: id, webhookId: id, client, url: null }, now);
  await inStoreTime(insertDeliveries(store, [document]));
  await enqueueDelivery(ctx, document);
  if (waitSeconds === null) return toDelivery(document);
  const latest = await hub.pollUntil({
    key: document._id,
    read: () => inStoreTime(findDelivery(store, document._id)),
    isDone: (delivery) => delivery?.state !== 'pending',
    timeoutMs: waitSeconds * 1_000,
    everyMs: RE_READ_MS,
    signal,
  });
  return toDelivery(latest ?? document);
}

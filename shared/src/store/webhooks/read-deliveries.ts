import type { DeliveryState } from '../../contracts/webhook.ts';
import type { Store } from '../connect.ts';
import { olderThan, type Page } from '../page.ts';
import type { DeliveryDocument } from './delivery-model.ts';
import { toExpiry } from './insert-deliveries.ts';

/** Whose deliveries: an endpoint's, or those of one job to the `webhookUrl` that it brought along. */
export type DeliveriesOf = { webhookId: string } | { webhookId: null; jobId: string };

/** Deliveries, newest first, without their bodies. */
export async function listDeliveries(
  store: Store,
  of: DeliveriesOf,
  { limit, beforeId, states }: Page & { states: readonly DeliveryState[] | undefined },
): Promise<DeliveryDocument[]> {
  return store.deliveries
    .find(
      {
        ...of,
        ...(states ? { state: { $in: [...states] } } : {}),
        ...olderThan(beforeId),
      },
      { body: 0 },
    )
    .sort({ _id: -1 })
    .limit(limit)
    .lean<DeliveryDocument[]>();
}

/** Any delivery, with its body; null where there is none, or no more. */
export async function findDelivery(store: Store, id: string): Promise<DeliveryDocument | null> {
  return store.deliveries.findById(id).lean<DeliveryDocument>();
}

/**
 * Has a delivery tried again from the start of its schedule, at once, with the same event id. One that is pending is
 * only brought forward. @returns it as it is now; null where it has nothing left to send or is being tried.
 */
export async function redeliver(
  store: Store,
  { id, now }: { id: string; now: Date },
): Promise<DeliveryDocument | null> {
  return store.deliveries
    .findOneAndUpdate(
      { _id: id, body: { $ne: null }, claim: null },
      {
        state: 'pending',
        nextTryAt: now,
        roundAt: now,
        roundTries: 0,
        finishedAt: null,
        expiresAt: toExpiry(now),
      },
      { returnDocument: 'after', projection: { body: 0 } },
    )
    .lean<DeliveryDocument>();
}

import type { ClientSession, QueryFilter } from 'mongoose';
import { OPERATOR_EVENTS } from '../../contracts/webhook.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { DeliveryDocument } from './delivery-model.ts';
import type { WebhookDocument } from './model.ts';

const notHeld = (now: Date) => ({
  $or: [{ heldUntil: { $exists: false } }, { heldUntil: { $lte: now } }, { claim: null }],
});
const toFailed = (now: Date) => ({
  $set: { state: 'failed' as const, nextTryAt: null, finishedAt: now, claim: null },
  $unset: { heldUntil: 1 as const },
});

/** Gives up one delivery, a test too, unless it is being tried: its target is gone or not called any more. */
export async function failDelivery(store: Store, id: string, now: Date): Promise<void> {
  await store.deliveries.updateOne({ _id: id, state: 'pending', ...notHeld(now) }, toFailed(now));
}

/** Gives up what is pending for a target that is not called any more, but for tests. @returns how many. */
export function failPendingDeliveries(
  store: Store,
  target: string,
  now: Date,
  limit: number,
): Promise<number> {
  return failSome(store, { target, once: false }, { sort: { nextTryAt: 1 }, now, limit });
}

/**
 * Gives up what an endpoint was to be told of the service itself and does not hear of any more, also what is being tried:
 * without these events somebody with fewer rights may change its address.
 */
export async function failUnheardAlerts(
  store: Store,
  { _id: target, events }: Pick<WebhookDocument, '_id' | 'events'>,
  now: Date,
  session: ClientSession,
): Promise<void> {
  const unheard = OPERATOR_EVENTS.filter((event) => !events.includes(event));
  await store.deliveries.updateMany({ target, state: 'pending', type: { $in: unheard } }, toFailed(now), {
    session,
  });
}

/** Gives up deliveries whose schedule began before then: their target was not to be called often enough. */
export function expireDeliveries(store: Store, before: Date, now: Date, limit: number): Promise<number> {
  return failSome(store, { roundAt: { $lt: before } }, { sort: { roundAt: 1 }, now, limit });
}

/**
 * Forgets what was or is to be told of jobs that are erased: their deliveries keep their record, not their words. Each in
 * one update, so that none waits to be sent without a body. Those made after the erasure hold none of its words, and are still sent.
 */
export async function eraseDeliveries(store: Store, jobIds: readonly string[], now: Date): Promise<void> {
  const { $set } = toFailed(now);
  const entries = Object.entries({ ...$set, heldUntil: '$$REMOVE' });
  const isPending = { $eq: ['$state', 'pending'] };
  const fields = entries.map(([name, value]) => [name, { $cond: [isPending, value, `$${name}`] }]);
  await toNative(store.deliveries).updateMany(
    { jobId: { $in: [...jobIds] }, afterErasure: { $exists: false } },
    [{ $set: { ...Object.fromEntries(fields), body: null } }],
  );
}

async function failSome(
  store: Store,
  which: QueryFilter<DeliveryDocument>,
  { sort, now, limit }: { sort: Record<string, 1>; now: Date; limit: number },
): Promise<number> {
  const open = { state: 'pending' as const, ...notHeld(now) };
  const found = await store.deliveries.find({ ...which, ...open }, { _id: 1 }, { sort, limit }).lean();
  if (found.length === 0) return 0;
  // Not what somebody has begun to try meanwhile.
  const { modifiedCount } = await store.deliveries.updateMany(
    { _id: { $in: found.map(({ _id }) => _id) }, ...open },
    toFailed(now),
  );
  return modifiedCount;
}

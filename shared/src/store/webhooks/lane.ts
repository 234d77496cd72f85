import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { DeliveryDocument } from './delivery-model.ts';

/** A delivery that may be tried now, and how many tries it has had. */
export type DueDelivery = Pick<DeliveryDocument, '_id' | 'client' | 'tries'>;

/** The next target, by name, that has anything pending, with the time of its first try; null behind the last. */
export async function findNextLane(
  store: Store,
  after: string,
): Promise<{ target: string; nextTryAt: Date } | null> {
  return toNative(store.deliveries).findOne<{ target: string; nextTryAt: Date }>(
    { state: 'pending', target: { $gt: after } },
    { hint: 'due', sort: { target: 1, nextTryAt: 1 }, projection: { _id: 0, target: 1, nextTryAt: 1 } },
  );
}

/** The next of one client's targets in the same way. */
export async function findNextLaneOf(
  store: Store,
  client: string,
  after: string,
): Promise<{ target: string; nextTryAt: Date } | null> {
  return toNative(store.deliveries).findOne<{ target: string; nextTryAt: Date }>(
    { client, state: 'pending', target: { $gt: after } },
    {
      hint: 'due_of_client',
      sort: { target: 1, nextTryAt: 1 },
      projection: { _id: 0, target: 1, nextTryAt: 1 },
    },
  );
}

/** How many deliveries of a target are in the queue or being tried. */
export async function countHeld(store: Store, target: string, now: Date): Promise<number> {
  return toNative(store.deliveries).countDocuments({ target, heldUntil: { $gt: now } }, { hint: 'held' });
}

/** How many deliveries of a client, to whatever target, are in the queue or being tried. */
export async function countHeldOf(store: Store, client: string, now: Date): Promise<number> {
  return toNative(store.deliveries).countDocuments(
    { client, heldUntil: { $gt: now } },
    { hint: 'held_of_client' },
  );
}

/** What is due for a target and in nobody's hands, longest due first. */
export async function findDueDeliveries(
  store: Store,
  target: string,
  now: Date,
  limit: number,
): Promise<DueDelivery[]> {
  return toNative(store.deliveries)
    .find<DueDelivery>(
      {
        target,
        state: 'pending',
        nextTryAt: { $lte: now },
        ...inNobodysHands(now),
      },
      { hint: 'due', sort: { nextTryAt: 1 }, limit, projection: { client: 1, 'tries.token': 1 } },
    )
    .toArray();
}

/** Notes that these are on their way through the queue until then; what is lost on it is found after that. */
export async function holdDeliveries(
  store: Store,
  ids: readonly string[],
  { now, until }: { now: Date; until: Date },
): Promise<void> {
  await store.deliveries.updateMany(
    { _id: { $in: [...ids] }, state: 'pending', ...inNobodysHands(now) },
    // A claim whose time is up is nobody's any more.
    { heldUntil: until, claim: null },
  );
}

const inNobodysHands = (now: Date) => ({
  $or: [{ heldUntil: { $exists: false } }, { heldUntil: { $lte: now } }],
});

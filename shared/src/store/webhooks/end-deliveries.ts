import type { Store } from '../connect.ts';

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
export async function failPendingDeliveries(
  store: Store,
  target: string,
  now: Date,
  limit: number,
): Promise<number> {
  const pending = await store.deliveries
    .find({ target, state: 'pending', once: false, ...notHeld(now) }, { _id: 1 })
    .sort({ nextTryAt: 1 })
    .limit(limit)
    .lean();
  return failEach(
    store,
    pending.map(({ _id }) => _id),
    now,
  );
}

/** Gives up deliveries whose schedule began before then: their target was not to be called often enough. */
export async function expireDeliveries(
  store: Store,
  before: Date,
  now: Date,
  limit: number,
): Promise<number> {
  const late = await store.deliveries
    .find({ state: 'pending', roundAt: { $lt: before }, ...notHeld(now) }, { _id: 1 })
    .sort({ roundAt: 1 })
    .limit(limit)
    .lean();
  return failEach(
    store,
    late.map(({ _id }) => _id),
    now,
  );
}

/** Forgets what was or is to be told of jobs that are erased: their deliveries keep their record, not their words. */
export async function eraseDeliveries(store: Store, jobIds: readonly string[], now: Date): Promise<void> {
  const ofJobs = { jobId: { $in: [...jobIds] } };
  await store.deliveries.updateMany({ ...ofJobs, state: 'pending' }, toFailed(now));
  await store.deliveries.updateMany(ofJobs, { body: null });
}

async function failEach(store: Store, ids: readonly string[], now: Date): Promise<number> {
  if (ids.length === 0) return 0;
  const { modifiedCount } = await store.deliveries.updateMany(
    { _id: { $in: [...ids] }, state: 'pending' },
    toFailed(now),
  );
  return modifiedCount;
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from './model.ts';

type LapsedJob = Pick<JobDocument, '_id' | 'generation' | 'claim'>;
type WindowJob = Pick<JobDocument, '_id' | 'generation'>;

/** Jobs whose holder's lease ran out, oldest lease first. */
export async function findLapsedJobs(store: Store, limit: number): Promise<LapsedJob[]> {
  return store.jobs
    .find({ state: 'processing', 'claim.leaseUntil': { $lt: new Date() } }, { generation: 1, claim: 1 })
    .sort({ 'claim.leaseUntil': 1 })
    .limit(limit)
    .lean<LapsedJob[]>();
}

/** Has lapsed jobs wait in the ledger again, unless they changed since they were found. @returns how many. */
export async function returnLapsedJobs(store: Store, lapsed: readonly LapsedJob[]): Promise<number> {
  if (lapsed.length === 0) return 0;
  const { modifiedCount } = await toNative(store.jobs).bulkWrite(
    lapsed.map(({ _id, generation, claim }) => ({
      updateOne: {
        filter: {
          _id,
          generation,
          state: 'processing',
          'claim.token': claim?.token,
          $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] },
        },
        update: {
          $set: { state: 'queued', waiting: true, claim: null, deferred: null },
          $inc: { crashes: 1 },
        },
      },
    })) as never,
    { ordered: false },
  );
  return modifiedCount;
}

/** Has deferred jobs wait whose time has come. @returns how many. */
export async function returnDueJobs(store: Store, now: Date): Promise<number> {
  const { modifiedCount } = await toNative(store.jobs).updateMany(
    { state: 'deferred', waiting: false, 'deferred.nextTryAt': { $lte: now } },
    { $set: { waiting: true } },
  );
  return modifiedCount;
}

/**
 * Has deferred jobs wait whose time has not come: those that passed over one of these providers or were throttled by it,
 * or all of them where that is null. @returns how many.
 */
export async function wakeDeferredJobs(store: Store, providerIds: readonly string[] | null): Promise<number> {
  const $in = [...(providerIds ?? [])];
  const held = providerIds && {
    $or: [{ 'passedOver.provider.id': { $in } }, { 'deferred.throttledBy': { $in } }],
  };
  const { modifiedCount } = await toNative(store.jobs).updateMany(
    { state: 'deferred', waiting: false, 'deferred.nextTryAt': { $exists: true }, ...held },
    { $set: { waiting: true } },
  );
  return modifiedCount;
}

/** Has jobs wait that no Redis of this epoch was ever given: it was wiped, or was away. @returns how many. */
export async function returnLostJobs(store: Store, epoch: string): Promise<number> {
  const { modifiedCount } = await toNative(store.jobs).updateMany(
    { state: 'queued', waiting: false, enqueuedEpoch: { $ne: epoch } },
    { $set: { waiting: true } },
  );
  return modifiedCount;
}

/** Has these jobs wait again: the queue did not take them, or turned out not to have them. */
export async function returnJobs(store: Store, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  await store.jobs.updateMany({ _id: { $in: [...jobIds] }, state: 'queued' }, { waiting: true });
}

/** Jobs that the queue of this epoch was given before `before`: to be looked for there. Longest ago first. */
export async function findLongQueuedJobs(
  store: Store,
  epoch: string,
  before: Date,
  limit: number,
): Promise<WindowJob[]> {
  return store.jobs
    .find(
      { state: 'queued', waiting: false, enqueuedEpoch: epoch, enqueuedAt: { $lt: before } },
      { generation: 1 },
    )
    .sort({ enqueuedAt: 1 })
    .limit(limit)
    .lean<WindowJob[]>();
}

/** Notes that these jobs were seen in the queue just now. */
export async function confirmQueued(store: Store, jobs: readonly WindowJob[]): Promise<void> {
  await store.jobs.updateMany(
    { _id: { $in: jobs.map(({ _id }) => _id) }, state: 'queued' },
    { enqueuedAt: new Date() },
  );
}

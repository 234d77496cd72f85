import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { updateEach } from '../update-each.ts';
import { LAPSED, stillLapsed, type LapsedJob } from './lapsed.ts';
import type { JobDocument } from './model.ts';

type WindowJob = Pick<JobDocument, '_id' | 'generation'>;

/** Jobs whose holder's lease ran out by the ledger's clock, oldest lease first. */
export async function findLapsedJobs(store: Store, limit: number): Promise<LapsedJob[]> {
  return store.jobs
    .find(LAPSED, { generation: 1, claim: 1 })
    .sort({ 'claim.leaseUntil': 1 })
    .limit(limit)
    .lean<LapsedJob[]>();
}

/** Puts lapsed jobs back in line, unless they changed since they were found. @returns how many. */
export async function returnLapsedJobs(store: Store, lapsed: readonly LapsedJob[]): Promise<number> {
  return updateEach(
    store.jobs,
    lapsed.map((job) => ({
      filter: stillLapsed(job),
      update: {
        $set: { state: 'queued', waiting: true, claim: null, deferred: null },
        $inc: { crashes: 1 },
      },
    })),
  );
}

/**
 * A job is put off for five minutes at most (`worker/src/dispatch/defer.ts`): one that is to wait longer was put off
 * before the ledger's clock was set back.
 */
const FAR_OFF_MS = 360_000;

/** Puts deferred jobs whose time has come, or is too far off, back in line, longest due first. @returns how many. */
export async function returnDueJobs(store: Store, now: Date, limit: number): Promise<number> {
  const farOff = new Date(now.getTime() + FAR_OFF_MS);
  const isDue = { $or: [{ 'deferred.nextTryAt': { $lte: now } }, { 'deferred.nextTryAt': { $gt: farOff } }] };
  return returnSome(store, { state: 'deferred', ...isDue }, 'sleeping', limit);
}

/**
 * Puts deferred jobs whose time has not come back in line: those that passed over one of these providers or were
 * throttled by it, or any where that is null. @returns how many.
 */
export async function wakeDeferredJobs(
  store: Store,
  providerIds: readonly string[] | null,
  limit: number,
): Promise<number> {
  const $in = [...(providerIds ?? [])];
  const held = providerIds && {
    $or: [{ 'passedOver.provider.id': { $in } }, { 'deferred.throttledBy': { $in } }],
  };
  return returnSome(store, { state: 'deferred', ...held }, 'sleeping', limit);
}

/** Puts jobs that no Redis of this epoch was ever given back in line: it was wiped, or was away. @returns how many. */
export async function returnLostJobs(store: Store, epoch: string, limit: number): Promise<number> {
  return returnSome(store, { state: 'queued', enqueuedEpoch: { $ne: epoch } }, 'window', limit);
}

/** Bounded, so that nobody waits for a write that is as long as the backlog. */
async function returnSome(
  store: Store,
  which: { state: 'deferred' | 'queued' } & Record<string, unknown>,
  hint: 'sleeping' | 'window',
  limit: number,
): Promise<number> {
  const jobs = toNative(store.jobs);
  const asleep = { ...which, waiting: false };
  const found = await jobs.find(asleep, { hint, limit, projection: { _id: 1 } }).toArray();
  if (found.length === 0) return 0;
  const ids = found.map(({ _id }) => _id);
  await jobs.updateMany({ ...asleep, _id: { $in: ids } }, { $set: { waiting: true } });
  // Also those that somebody else has taken meanwhile: as many as the limit means that there may be more.
  return found.length;
}

/** Puts these jobs back in line: the queue did not take them, or turned out not to have them. */
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

/** Notes that these jobs were seen in the queue just now, and since when they are there. */
export async function confirmQueued(store: Store, jobs: readonly WindowJob[]): Promise<void> {
  await toNative(store.jobs).updateMany({ _id: { $in: jobs.map(({ _id }) => _id) }, state: 'queued' }, [
    {
      $set: {
        inQueueSince: { $ifNull: ['$inQueueSince', '$enqueuedAt'] },
        enqueuedAt: new Date(store.clock.now()),
      },
    },
  ]);
}

import type { QueuedClassification } from '../../jobs/producer.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from './model.ts';

type Found = Pick<JobDocument, '_id' | 'generation' | 'state' | 'priority' | 'claim'>;
const FOUND = { generation: 1, state: 1, priority: 1, claim: 1 } as const;

/** Jobs whose holder's lease ran out, oldest lease first. */
export async function findLapsedJobs(store: Store, limit: number): Promise<Found[]> {
  return store.jobs
    .find({ state: 'processing', 'claim.leaseUntil': { $lt: new Date() } }, FOUND)
    .sort({ 'claim.leaseUntil': 1 })
    .limit(limit)
    .lean<Found[]>();
}

/** Deferred jobs whose time has come, earliest first. */
export async function findDueJobs(store: Store, limit: number): Promise<Found[]> {
  return store.jobs
    .find({ state: 'deferred', 'deferred.nextTryAt': { $lte: new Date() } }, FOUND)
    .sort({ 'deferred.nextTryAt': 1 })
    .limit(limit)
    .lean<Found[]>();
}

/** Queued jobs that no Redis of this epoch was ever given. */
export async function findLostJobs(store: Store, epoch: string, limit: number): Promise<Found[]> {
  return store.jobs
    .find({ state: 'queued', enqueuedEpoch: { $ne: epoch } }, FOUND)
    .limit(limit)
    .lean<Found[]>();
}

/** Queued jobs that the queue of this epoch was given before `before`: to be looked for there. Longest ago first. */
export async function findLongQueuedJobs(
  store: Store,
  epoch: string,
  before: Date,
  limit: number,
): Promise<Found[]> {
  return store.jobs
    .find({ state: 'queued', enqueuedEpoch: epoch, enqueuedAt: { $lt: before } }, FOUND)
    .sort({ enqueuedAt: 1 })
    .limit(limit)
    .lean<Found[]>();
}

/** Notes that these jobs were seen in the queue just now. */
export async function confirmQueued(store: Store, jobs: Found[]): Promise<void> {
  await store.jobs.updateMany(
    { _id: { $in: jobs.map(({ _id }) => _id) }, state: 'queued' },
    { enqueuedAt: new Date() },
  );
}

/**
 * Gives each job a new generation and the state `queued`, unless it changed since it was found.
 * @returns what to put into the queue now; ledger first, then queue.
 */
export async function requeueJobs(
  store: Store,
  found: Found[],
  epoch: string,
): Promise<QueuedClassification[]> {
  if (found.length === 0) return [];
  const jobs = toNative(store.jobs);
  await jobs.bulkWrite(
    found.map(({ _id, generation, state, claim }) => ({
      updateOne: {
        filter: {
          _id,
          generation,
          state,
          ...(claim ? { 'claim.token': claim.token } : {}),
          ...whileLapsed(state),
        },
        update: {
          $set: {
            state: 'queued',
            claim: null,
            deferred: null,
            enqueuedEpoch: epoch,
            enqueuedAt: new Date(),
          },
          $inc: { generation: 1, crashes: state === 'processing' ? 1 : 0 },
        },
      },
    })) as never,
    { ordered: false },
  );
  const requeued = await jobs
    .find(
      { _id: { $in: found.map(({ _id }) => _id) }, state: 'queued', enqueuedEpoch: epoch },
      { projection: FOUND },
    )
    .toArray();
  const before = new Map(found.map((job) => [job._id, job.generation]));
  return requeued
    .filter((job) => job.generation === (before.get(job._id) ?? Number.NaN) + 1)
    .map((job) => ({ jobId: job._id, generation: job.generation, priority: job.priority }));
}

/** Takes back that jobs were enqueued: the queue did not take them, so upkeep will bring them again. */
export async function markNotQueued(store: Store, jobIds: string[]): Promise<void> {
  await store.jobs.updateMany({ _id: { $in: jobIds }, state: 'queued' }, { enqueuedEpoch: null });
}

function whileLapsed(state: JobDocument['state']) {
  return state === 'processing' ? { $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] } } : {};
}

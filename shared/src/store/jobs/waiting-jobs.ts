import { mongo } from 'mongoose';
import type { QueuedClassification } from '../../jobs/producer.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument, JobTrace } from './model.ts';

/** A line of waiting jobs: those of one priority, client and route, oldest first. */
export type Lane = Pick<JobDocument, 'priority' | 'client' | 'route' | 'providers' | 'allowDegraded'>;

/** A job that waits in the ledger. */
export type WaitingJob = Pick<JobDocument, '_id' | 'createdAt'>;

const WAITING = { state: { $in: ['queued', 'deferred'] as JobDocument['state'][] }, waiting: true };
/** By the index that this order comes from, and only by it. */
const IN_LINE = {
  hint: 'waiting',
  sort: { priority: 1, client: 1, route: 1, createdAt: 1, _id: 1 },
} as const;

/**
 * The line that comes after `lane` in order of priority, client and route, or the first; null where there is none.
 * It seeks in the index: one document is read, however many wait.
 */
export function findNextLane(store: Store, lane: Lane | null): Promise<Lane | null> {
  return findLaneBehind(store, lane && toKey(lane));
}

/** The same behind all lines of that client at that priority. */
export function findNextClientLane(store: Store, lane: Lane): Promise<Lane | null> {
  return findLaneBehind(store, { ...toKey(lane), route: new mongo.MaxKey() });
}

function findLaneBehind(store: Store, key: object | null): Promise<Lane | null> {
  const behind = key && { min: { ...key, createdAt: new mongo.MaxKey(), _id: new mongo.MaxKey() } };
  const projection = { _id: 0, priority: 1, client: 1, route: 1, providers: 1, allowDegraded: 1 };
  return toNative(store.jobs).findOne<Lane>(WAITING, { ...IN_LINE, ...behind, projection });
}

/** The oldest jobs of a line, those behind `after` and accepted by `until` where these are given. */
export async function findWaitingJobs(
  store: Store,
  lane: Lane,
  { after, until, limit }: { after: WaitingJob | null; until: Date | null; limit: number },
): Promise<WaitingJob[]> {
  const { createdAt, _id } = after ?? { createdAt: new mongo.MinKey(), _id: new mongo.MinKey() };
  const found = await toNative(store.jobs)
    .find<WaitingJob>(WAITING, {
      ...IN_LINE,
      min: { ...toKey(lane), createdAt, _id },
      max: { ...toKey(lane), createdAt: until ?? new mongo.MaxKey(), _id: new mongo.MaxKey() },
      limit: after ? limit + 1 : limit,
      projection: { createdAt: 1 },
    })
    .toArray();
  return found.filter((job) => job._id !== after?._id).slice(0, limit);
}

const toKey = ({ priority, client, route }: Lane) => ({ priority, client, route });

/** A job that was taken into the window. */
export type TakenJob = QueuedClassification & { trace: JobTrace | null };

/**
 * Takes waiting jobs into the window: each gets a new generation and the state `queued`, unless it changed since it
 * was found. @returns what to put into the queue now, in the order asked for; ledger first, then queue.
 */
export async function takeWaitingJobs(
  store: Store,
  jobIds: readonly string[],
  epoch: string,
): Promise<TakenJob[]> {
  if (jobIds.length === 0) return [];
  const jobs = toNative(store.jobs);
  const enqueuedAt = new Date(store.clock.now());
  const { modifiedCount } = await jobs.updateMany(
    { _id: { $in: [...jobIds] }, ...WAITING },
    {
      $set: { state: 'queued', waiting: false, deferred: null, enqueuedEpoch: epoch, enqueuedAt },
      $unset: { inQueueSince: '' },
      $inc: { generation: 1 },
    },
  );
  if (modifiedCount === 0) return [];
  const taken = await jobs
    .find(
      { _id: { $in: [...jobIds] }, state: 'queued', waiting: false, enqueuedEpoch: epoch, enqueuedAt },
      { projection: { generation: 1, priority: 1, trace: 1 } },
    )
    .toArray();
  const byId = new Map(taken.map((job) => [job._id, job]));
  return jobIds.flatMap((jobId) => {
    const job = byId.get(jobId);
    if (!job) return [];
    const { generation, priority, trace = null } = job;
    return [{ jobId, generation, priority, trace }];
  });
}

import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { readHolds } from '../lane-holds/read-holds.ts';
import { toLaneId, toWished } from '../lane-holds/model.ts';
import type { JobDocument } from './model.ts';
import { toAcceptedAt } from './to-accepted-at.ts';
import { findNextLane, findWaitingJobs, type Lane } from './waiting-jobs.ts';

/** A job that waits, and since when its waiting is nobody's wish. */
export interface OldestWaiting {
  jobId: string;
  since: Date;
}

/** Two seeks each. */
const MAX_LANES = 500;
/** So many of a line’s first are looked at: they may have been tried again just now, though made long before. */
const MAX_FIRST_JOBS = 20;
/** Few sleep: what cannot be answered waits in line. */
const MAX_SLEEPING = 500;
/** Holds of long ago explain nothing that is new. */
const HOLDS_MS = DAY_MS;

type Timed = Pick<JobDocument, '_id' | 'deadlineAt' | 'deadlineMs'>;
const TIMES = { deadlineAt: 1, deadlineMs: 1 } as const;

/**
 * The job that has waited longest, if since `before`: in line, in the queue with nobody taking it, or asleep because nobody
 * could answer. What a limit, a budget or a pause holds does not wait from then on, nor does what may go only to providers
 * of its caller's choice that cannot take it. With `running`, a job that is being worked on counts, too: one that is tried
 * again and again is not over each time.
 */
export async function findOldestWaiting(
  store: Store,
  { before, running, now }: { before: Date; running: boolean; now: Date },
): Promise<OldestWaiting | null> {
  const found = await Promise.all([
    findInLine(store, before, now),
    findInQueue(store, before),
    findAsleep(store),
    running ? findRunning(store) : [],
  ]);
  const late = found.flat().filter(({ since }) => since < before);
  return late.toSorted((a, b) => a.since.getTime() - b.since.getTime())[0] ?? null;
}

async function findInLine(store: Store, before: Date, now: Date): Promise<OldestWaiting[]> {
  const holds = await readHolds(store, new Date(now.getTime() - HOLDS_MS));
  const holdOf = new Map(holds.map((hold) => [hold._id, hold]));
  const found: OldestWaiting[] = [];
  let lane: Lane | null = null;
  for (let step = 0; step < MAX_LANES; step += 1) {
    lane = await findNextLane(store, lane);
    if (lane === null) return found;
    const hold = holdOf.get(toLaneId(lane));
    const wished = hold && (lane.providers === null ? toWished(hold) : hold);
    const heldUntil = wished?.until.getTime() ?? 0;
    if (heldUntil >= before.getTime()) continue;
    for (const waiting of await findFirst(store, lane, before)) {
      const since = new Date(Math.max(waiting.since.getTime(), heldUntil));
      found.push({ ...waiting, since });
    }
  }
  return found;
}

async function findFirst(store: Store, lane: Lane, before: Date): Promise<OldestWaiting[]> {
  const first = await findWaitingJobs(store, lane, { after: null, until: before, limit: MAX_FIRST_JOBS });
  if (first.length === 0) return [];
  const ids = first.map(({ _id }) => _id);
  return toWaiting(
    await toNative(store.jobs)
      .find<Timed>({ _id: { $in: ids } }, { projection: TIMES })
      .toArray(),
  );
}

/** What upkeep sees in the queue, by since when; what it does not even look for, by when it was put there. */
async function findInQueue(store: Store, before: Date): Promise<OldestWaiting[]> {
  const jobs = toNative(store.jobs);
  const inQueue = { state: 'queued' as const, waiting: false };
  const [seen, unseen] = await Promise.all([
    jobs.findOne(
      { ...inQueue, inQueueSince: { $lt: before } },
      { hint: 'in_queue', sort: { inQueueSince: 1 }, projection: { inQueueSince: 1 } },
    ),
    jobs.findOne(
      { ...inQueue, enqueuedAt: { $lt: before } },
      { hint: 'window', sort: { enqueuedAt: 1 }, projection: { enqueuedAt: 1 } },
    ),
  ]);
  return [
    ...(seen?.inQueueSince ? [{ jobId: seen._id, since: seen.inQueueSince }] : []),
    ...(unseen?.enqueuedAt ? [{ jobId: unseen._id, since: unseen.enqueuedAt }] : []),
  ];
}

async function findAsleep(store: Store): Promise<OldestWaiting[]> {
  const asleep = {
    state: 'deferred' as const,
    waiting: false,
    $or: [
      { 'deferred.reason': 'no_provider_available' as const },
      { 'deferred.reason': 'rate_limited' as const, 'deferred.byLimit': false },
    ],
    providers: null,
  };
  return toWaiting(
    await toNative(store.jobs)
      .find<Timed>(asleep, { hint: 'sleeping', limit: MAX_SLEEPING, projection: TIMES })
      .toArray(),
  );
}

async function findRunning(store: Store): Promise<OldestWaiting[]> {
  const oldest = await toNative(store.jobs).findOne<Timed>(
    { state: 'processing', providers: null },
    { hint: 'state', sort: { state: 1, _id: 1 }, projection: TIMES },
  );
  return toWaiting(oldest ? [oldest] : []);
}

function toWaiting(jobs: readonly Timed[]): OldestWaiting[] {
  return jobs.map((job) => ({ jobId: job._id, since: toAcceptedAt(job) }));
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import { toAcceptedAt } from '../jobs/to-accepted-at.ts';
import { toStart } from '../roll-up/buckets.ts';
import type { TimeSpan } from '../roll-up/take-steps.ts';
import type { ClientSession } from '../transaction.ts';
import { toBin, type Bins } from '../usage/sketch.ts';

/** What is counted of jobs; sums of these are sums of jobs. */
export interface JobCounts {
  accepted: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  wait: Bins;
  answer: Bins;
}

/** Those of them that are plain numbers. */
export const COUNT_KINDS = ['accepted', 'succeeded', 'failed', 'cancelled'] as const;

/** Counts by the start of the minute; milliseconds since 1970. */
export type CountsByMinute = Map<number, JobCounts>;

type EndedJob = Pick<JobDocument, 'state' | 'startedAt' | 'deadlineAt' | 'deadlineMs'> & { finishedAt: Date };

/** What may be counted by time, and the index that alone is read for it. */
export const COUNTED = {
  accepted: { field: 'createdAt', index: 'created', count: countAccepted },
  ended: { field: 'finishedAt', index: 'outcomes', count: countEnded },
} as const;

export function createJobCounts(): JobCounts {
  return { accepted: 0, succeeded: 0, failed: 0, cancelled: 0, wait: {}, answer: {} };
}

/** Jobs accepted in the span, from the index `created` alone. */
async function countAccepted(
  store: Store,
  { from, to }: TimeSpan,
  session?: ClientSession,
): Promise<CountsByMinute> {
  const rows = toNative(store.jobs).aggregate<{ _id: Date; accepted: number }>(
    [
      { $match: { createdAt: { $gte: from, $lt: to } } },
      { $group: { _id: { $dateTrunc: { date: '$createdAt', unit: 'minute' } }, accepted: { $sum: 1 } } },
    ],
    { hint: COUNTED.accepted.index, ...(session && { session }) },
  );
  const counts: CountsByMinute = new Map();
  for await (const { _id, accepted } of rows) counts.set(_id.getTime(), { ...createJobCounts(), accepted });
  return counts;
}

/** Jobs that ended in the span, from the index `outcomes` alone: no text passes through memory. */
async function countEnded(
  store: Store,
  { from, to }: TimeSpan,
  session?: ClientSession,
): Promise<CountsByMinute> {
  const ended = toNative(store.jobs).find<EndedJob>(
    { finishedAt: { $gte: from, $lt: to } },
    {
      hint: COUNTED.ended.index,
      projection: { _id: 0, finishedAt: 1, state: 1, startedAt: 1, deadlineAt: 1, deadlineMs: 1 },
      batchSize: 5_000,
      ...(session && { session }),
    },
  );
  const counts: CountsByMinute = new Map();
  for await (const job of ended) {
    const minute = toStart('minute', job.finishedAt).getTime();
    const sum = counts.get(minute) ?? createJobCounts();
    counts.set(minute, sum);
    addJob(sum, job);
  }
  return counts;
}

function addJob(sum: JobCounts, job: EndedJob) {
  const { state, startedAt, finishedAt } = job;
  if (state !== 'succeeded' && state !== 'failed' && state !== 'cancelled') return;
  sum[state] += 1;
  const acceptedAt = toAcceptedAt(job).getTime();
  if (startedAt) addDuration(sum.wait, startedAt.getTime() - acceptedAt);
  if (state === 'succeeded') addDuration(sum.answer, finishedAt.getTime() - acceptedAt);
}

function addDuration(bins: Bins, ms: number) {
  const bin = toBin(ms);
  bins[bin] = (bins[bin] ?? 0) + 1;
}

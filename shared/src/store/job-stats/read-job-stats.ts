import type { ClientSession } from 'mongoose';
import { addByKey } from '../add-by-key.ts';
import type { Store } from '../connect.ts';
import { TAIL_MS, toStart, WIDTH_MS } from '../roll-up/buckets.ts';
import { inTransaction } from '../transaction.ts';
import { COUNT_KINDS, COUNTED, createJobCounts, type JobCounts } from './count-jobs.ts';
import { PROGRESS, type JobStatsBucketDocument, type JobStatsWidth } from './model.ts';

export interface JobStats extends JobCounts {
  /** How long the time is that was counted, in milliseconds: the window, begun with a whole minute or hour. */
  spanMs: number;
}

/** A window up to this long is read by the minute. */
const BY_MINUTE_MS = WIDTH_MS.hour;

/**
 * Jobs that were accepted and that ended within the window: from the buckets (at most 60 by the minute or 721 by the
 * hour), and what is not in them yet from two indexes, which is what happened in the last seconds.
 */
export async function readJobStats(store: Store, windowMs: number, now: number): Promise<JobStats> {
  const width: JobStatsWidth = windowMs <= BY_MINUTE_MS ? 'minute' : 'hour';
  const from = toStart(width, now - windowMs);
  // Of one moment: what is being rolled up is either in a bucket or not.
  const { buckets, progress } = await inTransaction(store, async (session) => ({
    buckets: await store.jobStatsBuckets
      .find({ width, at: { $gte: from } })
      .session(session)
      .lean<JobStatsBucketDocument[]>(),
    progress: await readProgress(store, session),
  }));
  const sum = createJobCounts();
  for (const bucket of buckets) addCounts(sum, bucket);
  const tails = await Promise.all(
    (['accepted', 'ended'] as const).map((kind) => {
      const start = new Date(Math.max(progress[kind], from.getTime(), now - TAIL_MS));
      return COUNTED[kind].count(store, { from: start, to: new Date(now) });
    }),
  );
  for (const counts of tails.flatMap((byMinute) => [...byMinute.values()])) addCounts(sum, counts);
  return { ...sum, spanMs: now - from.getTime() };
}

async function readProgress(
  store: Store,
  session: ClientSession,
): Promise<Record<keyof typeof PROGRESS, number>> {
  const rows = await store.jobStatsBuckets.find({ width: 'progress' }).session(session).lean();
  const toTime = (id: string) => rows.find(({ _id }) => _id === id)?.at.getTime() ?? 0;
  return { accepted: toTime(PROGRESS.accepted), ended: toTime(PROGRESS.ended) };
}

function addCounts(sum: JobCounts, counts: Partial<JobCounts>) {
  for (const kind of COUNT_KINDS) {
    sum[kind] += counts[kind] ?? 0;
  }
  addByKey(sum.wait, counts.wait ?? {});
  addByKey(sum.answer, counts.answer ?? {});
}

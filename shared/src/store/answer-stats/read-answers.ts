import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { TAIL_MS, type BucketWidth } from '../roll-up/buckets.ts';
import type { TimeSpan } from '../roll-up/take-steps.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import { addCounts, createAnswerCounts, fromStored, type AnswerCounts } from './answer-counts.ts';
import type { AnswerBucketDocument } from './model.ts';
import { readAnswerProgress } from './progress.ts';
import { sumAnswers } from './sum-answers.ts';

export interface AnswersOptions {
  /** The buckets that make up the time, the earliest first. */
  spans: readonly [TimeSpan & { width: BucketWidth }, ...(TimeSpan & { width: BucketWidth })[]];
  now: number;
  /** Only what this provider answered. */
  providerId?: string | undefined;
  /** Whether labels are told apart. */
  withLabels: boolean;
}

/**
 * What was answered, by provider: from the buckets, and what is not in them yet from the jobs of the last seconds and what
 * was noted since. All of one moment, so that what is being rolled up or corrected is seen once.
 */
export async function readAnswers(store: Store, options: AnswersOptions): Promise<Map<string, AnswerCounts>> {
  const { spans, now, providerId } = options;
  return inTransaction(store, async (session) => {
    const sums = new Map<string, AnswerCounts>();
    const add = (by: string, counts: AnswerCounts) =>
      sums.set(by, addCounts(sums.get(by) ?? createAnswerCounts(), counts));

    for (const bucket of await findBuckets(store, options, session)) {
      if (bucket.providerId !== null) add(bucket.providerId, fromStored(bucket));
    }
    const progress = await readAnswerProgress(store, session);
    const from = new Date(Math.max(progress.getTime(), spans[0].from.getTime(), now - TAIL_MS));
    const tail = await sumAnswers(store, { from, to: new Date(now), providerId }, session);
    for (const addition of tail) add(addition.providerId, addition.counts);

    const ofProvider = providerId === undefined ? {} : { providerId };
    const corrected = { finishedAt: { $gte: spans[0].from, $lt: progress }, kind: 'correction' as const };
    const changes = toNative(store.answerChanges).find({ ...corrected, ...ofProvider }, { session });
    for await (const change of changes) add(change.providerId, fromStored(change.counts));
    return sums;
  });
}

function findBuckets(
  store: Store,
  { spans, providerId, withLabels }: AnswersOptions,
  session: ClientSession,
): Promise<AnswerBucketDocument[]> {
  const ofProvider = providerId === undefined ? {} : { providerId };
  return toNative(store.answerBuckets)
    .find<AnswerBucketDocument>(
      { $or: spans.map(({ width, from, to }) => ({ width, at: { $gte: from, $lt: to }, ...ofProvider })) },
      { hint: 'width', projection: withLabels ? {} : { labels: 0 }, batchSize: 5_000, session },
    )
    .toArray();
}

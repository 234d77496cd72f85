import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toStart } from '../roll-up/buckets.ts';
import type { TimeSpan } from '../roll-up/take-steps.ts';
import type { ClientSession } from '../transaction.ts';
import type { Addition } from './add-to-answer-buckets.ts';
import {
  addCounts,
  createAnswerCounts,
  fromStored,
  toAnswerCounts,
  type AnswerCounts,
} from './answer-counts.ts';
import { findAnswers } from './find-answers.ts';
import { toBucketId } from './model.ts';

/**
 * What answers of jobs that ended in the span add up to, by minute and provider, those that were erased since among them;
 * each as it is in the session's snapshot.
 */
export async function sumAnswers(
  store: Store,
  span: TimeSpan & { providerId?: string | undefined },
  session: ClientSession,
): Promise<Addition[]> {
  const { from, to, providerId } = span;
  const sums = new Map<string, Addition>();
  const add = (finishedAt: Date, by: string, counts: AnswerCounts) => {
    const key = toBucketId('minute', finishedAt, by);
    const sum = sums.get(key) ?? {
      at: toStart('minute', finishedAt),
      providerId: by,
      counts: createAnswerCounts(),
    };
    sums.set(key, sum);
    addCounts(sum.counts, counts);
  };
  for await (const answer of findAnswers(store, span, session)) {
    add(answer.finishedAt, answer.provider.id, toAnswerCounts(answer));
  }
  const ofProvider = providerId === undefined ? {} : { providerId };
  const erased = toNative(store.answerChanges).find(
    { finishedAt: { $gte: from, $lt: to }, kind: 'erased', ...ofProvider },
    { session },
  );
  for await (const { finishedAt, providerId: by, counts } of erased) add(finishedAt, by, fromStored(counts));
  return [...sums.values()];
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import type { ClientSession } from '../transaction.ts';
import { toAnswerCounts, toCorrectionCounts, toStored } from './answer-counts.ts';
import { findAnswersOf } from './find-answers.ts';
import { readAnswerProgress } from './progress.ts';

/** What counting needs to know of a job as it was before its correction changed. */
export type CorrectedJob = Pick<JobDocument, 'state' | 'finishedAt' | 'provider' | 'result' | 'correction'>;

/** Notes that the correction of a job becomes `after`; part of the transaction in which it does. */
export async function noteCorrection(
  store: Store,
  { job, after }: { job: CorrectedJob; after: readonly string[] | null },
  session: ClientSession,
): Promise<void> {
  const { state, finishedAt, provider, result, correction: before } = job;
  if (state !== 'succeeded' || !finishedAt || !provider || !result) return;
  const names = result.labels.map(({ name }) => name);
  const counts = toStored(toCorrectionCounts(names, { before, after: after && { labels: after } }));
  const change = { kind: 'correction', finishedAt, providerId: provider.id, counts };
  await toNative(store.answerChanges).insertOne(change as never, { session });
}

/**
 * Notes those of these jobs' answers that are not in the buckets yet; part of the transaction that erases them, after which
 * nobody can count them.
 */
export async function noteErasures(
  store: Store,
  jobIds: readonly string[],
  session: ClientSession,
): Promise<void> {
  const from = await readAnswerProgress(store, session);
  const answers = await findAnswersOf(store, { jobIds, from }, session);
  const changes = answers.map((answer) => ({
    kind: 'erased',
    finishedAt: answer.finishedAt,
    providerId: answer.provider.id,
    counts: toStored(toAnswerCounts(answer)),
  }));
  if (changes.length > 0) await toNative(store.answerChanges).insertMany(changes as never, { session });
}

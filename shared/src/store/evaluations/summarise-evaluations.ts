import type { BatchDocument } from '../batches/model.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { EvaluationSummary } from './facts.ts';
import { scoreEvaluation, type EvaluatedBatch } from './score-evaluation.ts';

type Finished = EvaluatedBatch & Pick<BatchDocument, 'finishedAt'>;

/**
 * Writes down how evaluations ended whose last end is not written down yet, at most `limit`: their jobs may be erased
 * or expire. Safe to repeat, and to run twice at once. @returns how many.
 */
export async function summariseEvaluations(store: Store, limit: number): Promise<number> {
  const finished = await toNative(store.batches)
    .find<Finished>(
      { 'evaluation.isSummarised': false, state: 'finished' },
      { projection: { evaluation: 1, finishedAt: 1 }, hint: 'unsummarised', limit },
    )
    .toArray();
  for (const batch of finished) await summarise(store, batch);
  return finished.length;
}

async function summarise(store: Store, batch: Finished): Promise<void> {
  const { _id, finishedAt, evaluation } = batch;
  if (!finishedAt) return;
  const scores = await scoreEvaluation(store, batch);
  const before = evaluation.summary;
  // After a retry, or at another price, less may be left than there was: what is known already is not given up for that.
  const kept = before && before.known > scores.known ? before : scores;
  const summary: EvaluationSummary = { ...kept, finishedAt };
  await toNative(store.batches).updateOne(
    { _id, state: 'finished', finishedAt, 'evaluation.costChanges': evaluation.costChanges ?? null },
    { $set: { 'evaluation.summary': summary, 'evaluation.isSummarised': true } },
  );
}

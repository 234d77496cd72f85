import { readBatch, type BatchView } from '../batches/read-batch.ts';
import type { Store } from '../connect.ts';
import { ofClient } from '../filter-parts.ts';
import type { Page } from '../page.ts';
import type { EvaluatedBatch } from './score-evaluation.ts';

export type EvaluationView = BatchView & EvaluatedBatch;

/** One accepted evaluation of `client`, or of any client where that is null; null where there is none. */
export async function readEvaluation(
  store: Store,
  id: string,
  client: string | null,
): Promise<EvaluationView | null> {
  const batch = await readBatch(store, id, client);
  return batch?.evaluation ? { ...batch, evaluation: batch.evaluation } : null;
}

/** What a list does without: megabytes, where there are many samples. */
const WITHOUT_DETAILS = {
  rejected: 0,
  'evaluation.expected': 0,
  'evaluation.labels': 0,
  'evaluation.summary.confusions': 0,
} as const;

/** Accepted evaluations, newest first, with the counts of the last look. */
export async function findEvaluations(
  store: Store,
  page: Page & { client: string | null; classifier: string | undefined },
): Promise<EvaluationView[]> {
  const { client, classifier, limit, beforeId } = page;
  const filter = {
    ...ofClient(client),
    ...(classifier === undefined ? {} : { 'evaluation.classifier.name': classifier }),
    _id: { $gt: 'evl_', $lt: beforeId ?? 'evl`' },
    state: { $ne: 'receiving' as const },
  };
  return store.batches.find(filter, WITHOUT_DETAILS).sort({ _id: -1 }).limit(limit).lean<EvaluationView[]>();
}

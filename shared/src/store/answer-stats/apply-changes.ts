import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction } from '../transaction.ts';
import { addToAnswerBuckets } from './add-to-answer-buckets.ts';
import { fromStored } from './answer-counts.ts';
import { readAnswerProgress } from './progress.ts';

const BATCH_SIZE = 1_000;
const MAX_STEPS = 20;

/** Adds corrections of answers that are in the buckets to them, each once; what is left of erased ones goes. */
export async function applyChanges(store: Store, now: number): Promise<void> {
  for (let step = 0; step < MAX_STEPS; step += 1) {
    if ((await applySome(store, now)) < BATCH_SIZE) return;
  }
}

async function applySome(store: Store, now: number): Promise<number> {
  const changes = toNative(store.answerChanges);
  return inTransaction(store, async (session) => {
    const progress = await readAnswerProgress(store, session);
    const found = await changes
      .find({ finishedAt: { $lt: progress } }, { sort: { finishedAt: 1 }, limit: BATCH_SIZE, session })
      .toArray();
    if (found.length === 0) return 0;
    await changes.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
    const additions = found
      .filter(({ kind }) => kind === 'correction')
      .map(({ finishedAt, providerId, counts }) => ({
        at: finishedAt,
        providerId,
        counts: fromStored(counts),
      }));
    await addToAnswerBuckets(store, { additions, now }, session);
    return found.length;
  });
}

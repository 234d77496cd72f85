import type { Store } from '../connect.ts';

/**
 * Removes batches that finished before `before`, have told so and have no job left, longest ago first. An evaluation
 * stays, as what it found; it holds no text. @returns how many it dealt with.
 */
export async function expireBatches(store: Store, before: Date, limit: number): Promise<number> {
  const finished = await store.batches
    .find({ state: 'finished', seenAt: { $lt: before }, announce: { $exists: false } }, { _id: 1 })
    .sort({ seenAt: 1 })
    .limit(limit)
    .lean();
  const empty: string[] = [];
  for (const { _id } of finished) if (!(await store.jobs.exists({ batchId: _id }))) empty.push(_id);
  if (empty.length === 0) return 0;
  const gone = { _id: { $in: empty }, state: 'finished' as const };
  const evaluated = { ...gone, 'evaluation.isSummarised': true };
  const { modifiedCount } = await store.batches.updateMany(evaluated, { state: 'archived' });
  const { deletedCount } = await store.batches.deleteMany({ ...gone, evaluation: { $exists: false } });
  return modifiedCount + deletedCount;
}

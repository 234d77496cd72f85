import type { Store } from '../connect.ts';

/**
 * Notes that jobs of finished batches were put to work again: they run, and are announced at their new ends. An end that
 * is still to be told is not told any more.
 */
export async function reopenBatches(store: Store, batchIds: readonly string[]): Promise<void> {
  await store.batches.updateMany(
    { _id: { $in: [...batchIds] }, state: 'finished' },
    { $set: { state: 'running', finishedAt: null }, $unset: { announce: 1 } },
  );
}

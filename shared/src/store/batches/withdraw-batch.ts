import type { Store } from '../connect.ts';
import { cancelBatchJobs } from './batch-jobs.ts';
import { releaseBatch, type AcceptedBatch } from './release-batch.ts';

/** Jobs in one step of a withdrawal. */
const BATCH_SIZE = 500;

/**
 * Takes batches back whose submitter was told that they were not accepted: one that is still being received goes, one
 * that was accepted after all is cancelled. @returns which it found.
 */
export async function withdrawBatches(
  store: Store,
  batchIds: readonly string[],
  { erasesText }: { erasesText: boolean },
): Promise<string[]> {
  if (batchIds.length === 0) return [];
  const batches = { _id: { $in: [...batchIds] } };
  const found = await store.batches.find(batches, { _id: 1 }).lean();
  await store.batches.deleteMany({ ...batches, state: 'receiving' });
  const standing = await store.batches.find(batches, { rejected: 0 }).lean<AcceptedBatch[]>();
  for (const batch of standing) {
    await releaseBatch(store, batch);
    while ((await cancelBatchJobs(store, batch._id, { limit: BATCH_SIZE, erasesText })).jobIds.length > 0);
  }
  return found.map(({ _id }) => _id);
}

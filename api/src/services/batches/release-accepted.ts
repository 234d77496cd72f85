import { releaseBatch, type AcceptedBatch } from '@understudy/shared/store/batches/release-batch';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';

/**
 * Makes the items of one of these batches jobs, where it was accepted and whoever did so did not get to it.
 * @returns whether there was one.
 */
export async function releaseAccepted({ store }: Context, batchIds: readonly string[]): Promise<boolean> {
  const accepted = { _id: { $in: [...batchIds] }, state: 'accepted' as const };
  const fields = { state: 1, uploadId: 1, createdAt: 1 };
  const batch = await inStoreTime(store.batches.findOne(accepted, fields).lean<AcceptedBatch>().exec());
  if (!batch) return false;
  await releaseBatch(store, batch, inStoreTime);
  return true;
}

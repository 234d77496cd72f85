import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import { findUnreleased } from '@understudy/shared/store/batches/unfinished-batches';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';

/**
 * Makes the items of one of these batches jobs, where it was accepted and whoever did so did not get to it.
 * @returns whether there was one.
 */
export async function releaseAccepted({ store }: Context, batchIds: readonly string[]): Promise<boolean> {
  if (batchIds.length === 0) return false;
  const batch = await inStoreTime(findUnreleased(store, batchIds));
  if (!batch) return false;
  await releaseBatch(store, batch, inStoreTime);
  return true;
}

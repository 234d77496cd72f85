import type { Batch } from '@understudy/shared/contracts/batch';
import { cancelBatchJobs } from '@understudy/shared/store/batches/batch-jobs';
import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../in-store-time.ts';
import { findBatch, getBatch } from './get.ts';

/** Jobs cancelled in one step. */
const STEP = 500;

/**
 * Cancels every job of a batch that is not final yet, each with its announcement; what is final stays. Called again, it
 * goes on where it was broken off. @throws {NotFoundError} where the viewer's client has no such batch.
 */
export async function cancelBatch(ctx: Context, input: { viewer: Viewer; id: string }): Promise<Batch> {
  const batch = await inStoreTime(findBatch(ctx, input));
  await releaseBatch(ctx.store, batch);
  // Of jobs that are claimed meanwhile a step may meet some twice, never without end.
  while ((await inStoreTime(cancelBatchJobs(ctx.store, batch._id, STEP))) > 0);
  return inStoreTime(getBatch(ctx, input));
}

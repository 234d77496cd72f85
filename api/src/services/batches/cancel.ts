import type { Batch, BatchCounts } from '@understudy/shared/contracts/batch';
import { cancelBatchJobs } from '@understudy/shared/store/batches/batch-jobs';
import { countBatch } from '@understudy/shared/store/batches/count-batch';
import { releaseBatch, type AcceptedBatch } from '@understudy/shared/store/batches/release-batch';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { followEnds } from '../classifications/follow-ends.ts';
import { noteAction } from '../classifications/note-action.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { findBatch, getBatch } from './get.ts';

/** Jobs cancelled in one step. */
const BATCH_SIZE = 500;

/**
 * Cancels every job of a batch that is not final yet, each with its announcement; what is final stays. Called again, it
 * goes on where it was broken off. @throws {NotFoundError} where the viewer's client has no such batch.
 */
export async function cancelBatch(ctx: Context, { id, ...change }: Change & { id: string }): Promise<Batch> {
  const input = { viewer: change.viewer, id };
  const batch = await inStoreTime(findBatch(ctx, input));
  const { counts, finishedAt } = await inStoreTime(countBatch(ctx.store, batch));
  if (finishedAt === null) {
    const target = { kind: 'batch', id, name: id };
    const states = { before: { counts }, after: { counts: toCancelled(counts) } };
    await inStoreTime(noteAction(ctx, change, { action: 'batch.cancelled', target, ...states }));
  }
  await cancelJobsOf(ctx, batch);
  return inStoreTime(getBatch(ctx, input));
}

function toCancelled({ queued, processing, deferred, cancelled, ...ended }: BatchCounts): BatchCounts {
  const open = queued + processing + deferred;
  return { queued: 0, processing: 0, deferred: 0, ...ended, cancelled: cancelled + open };
}

/** The same of any batch, also of an evaluation. */
export async function cancelJobsOf(ctx: Context, batch: AcceptedBatch): Promise<void> {
  await releaseBatch(ctx.store, batch, inStoreTime);
  const step = { limit: BATCH_SIZE, erasesText: erasesTexts(ctx.catalogue.config()) };
  // Of jobs that are claimed meanwhile a step may meet some twice, never without end.
  for (;;) {
    const cancelled = await inStoreTime(cancelBatchJobs(ctx.store, batch._id, step));
    if (cancelled.jobIds.length === 0) return;
    await followEnds(ctx, cancelled.jobIds, cancelled);
  }
}

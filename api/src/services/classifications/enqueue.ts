import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { markNotQueued } from '@understudy/shared/store/jobs/requeue-jobs';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../in-store-time.ts';

/** Puts an accepted job into the queue. Where that fails upkeep will do it: the ledger has the job. */
export async function enqueue(ctx: Context, job: JobDocument): Promise<void> {
  if (job.enqueuedEpoch === null) return;
  try {
    await ctx.producer.addClassifications([
      { jobId: job._id, generation: job.generation, priority: job.priority },
    ]);
  } catch (err) {
    ctx.logger.debug({ err, jobId: job._id }, 'a job waits in the ledger: the queue did not take it');
    await inStoreTime(markNotQueued(ctx.store, [job._id])).catch(() => {});
  }
}

import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { returnJobs } from '@understudy/shared/store/jobs/return-jobs';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';

/**
 * Gives the job a place in the window, if there is one and its client has nothing waiting; else it waits in the ledger,
 * also where nobody can say.
 */
export async function admitToWindow(
  { window, epoch, logger }: Context,
  job: JobDocument,
): Promise<JobDocument> {
  // A Redis that was away half a second ago is not waited for.
  if (epoch.current() === null) return job;
  try {
    const enqueuedEpoch = await window.takeTicket(job);
    if (enqueuedEpoch === null) return job;
    return { ...job, waiting: false, enqueuedEpoch, enqueuedAt: job.createdAt };
  } catch (err) {
    logger.debug({ err, jobId: job._id }, 'a job waits in the ledger: the window could not be asked');
    return job;
  }
}

/** Puts an accepted job with a place in the window into the queue. Where that fails it waits in the ledger. */
export async function enqueue(ctx: Context, job: JobDocument): Promise<void> {
  if (job.waiting) return;
  try {
    const { _id: jobId, generation, priority } = job;
    await ctx.producer.addClassification({ jobId, generation, priority });
  } catch (err) {
    ctx.logger.debug({ err, jobId: job._id }, 'a job waits in the ledger: the queue did not take it');
    // Where this fails, too, the feeder finds it: no Redis of this epoch has it.
    await inStoreTime(returnJobs(ctx.store, [job._id])).catch(() => {});
  }
}

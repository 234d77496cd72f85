import type { Classification } from '@understudy/shared/contracts/classification';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import { toClassification } from '@understudy/shared/store/jobs/to-classification';
import type { Context } from '../../context.ts';
import { showAllInLine, showInLine } from './in-line.ts';

/** Jobs with their labels and attempts, as the API shows them, in the order given. */
export async function describeJobs(ctx: Context, jobs: readonly JobDocument[]): Promise<Classification[]> {
  const tried = jobs.filter(({ attemptCount }) => attemptCount > 0);
  const [shown, attempts] = await Promise.all([
    showAllInLine(ctx, jobs),
    readAttempts(
      ctx.store,
      tried.map(({ _id }) => _id),
    ),
  ]);
  return Promise.all(
    shown.map(async (job) => {
      const facts = job.classifier ? await ctx.classifierFacts.of(job.classifier) : null;
      return toClassification(job, job.labels ?? facts?.labelNames ?? [], attempts.get(job._id) ?? []);
    }),
  );
}

/** A job with its labels and attempts, as the API shows it; `known` are its attempts where they were read already. */
export async function describeJob(
  ctx: Context,
  job: JobDocument,
  known?: AttemptDocument[],
): Promise<Classification> {
  const [attempts, facts, shown] = await Promise.all([
    known ??
      (job.attemptCount === 0
        ? []
        : readAttempts(ctx.store, [job._id]).then((byJob) => byJob.get(job._id) ?? [])),
    job.classifier ? ctx.classifierFacts.of(job.classifier) : null,
    showInLine(ctx, job),
  ]);
  return toClassification(shown, job.labels ?? facts?.labelNames ?? [], attempts);
}

import type { Classification } from '@understudy/shared/contracts/classification';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import { toClassification } from '@understudy/shared/store/jobs/to-classification';
import type { LaneHoldDocument } from '@understudy/shared/store/lane-holds/model';
import type { Context } from '../../context.ts';

/** The feeder looks again about once a second. */
const NEXT_LOOK_MS = 1_000;

/** A job in line says what holds its lane, as one that was put off says why. */
function withHold(job: JobDocument, hold: LaneHoldDocument | null): JobDocument {
  if (!hold) return job;
  const { reason, until } = hold;
  const nextTryAt = new Date(Math.max(until.getTime() + NEXT_LOOK_MS, hold.nextTryAt?.getTime() ?? 0));
  return { ...job, deferred: { reason, nextTryAt: nextTryAt < job.deadlineAt ? nextTryAt : job.deadlineAt } };
}

/** Jobs with their labels and attempts, as the API shows them, in the order given. */
export async function describeJobs(ctx: Context, jobs: readonly JobDocument[]): Promise<Classification[]> {
  const tried = jobs.filter(({ attemptCount }) => attemptCount > 0);
  const attempts = await readAttempts(
    ctx.store,
    tried.map(({ _id }) => _id),
  );
  return Promise.all(
    jobs.map(async (job) => {
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
  const [attempts, facts, hold] = await Promise.all([
    known ??
      (job.attemptCount === 0
        ? []
        : readAttempts(ctx.store, [job._id]).then((byJob) => byJob.get(job._id) ?? [])),
    job.classifier ? ctx.classifierFacts.of(job.classifier) : null,
    job.waiting ? ctx.laneHolds.of(job) : null,
  ]);
  return toClassification(withHold(job, hold), job.labels ?? facts?.labelNames ?? [], attempts);
}

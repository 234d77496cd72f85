import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import { NotFoundError } from '@understudy/shared/errors';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readAttempts, readJob, readJobState } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../in-store-time.ts';
import { toClassification } from '@understudy/shared/store/jobs/to-classification';

interface GetInput {
  viewer: Viewer;
  id: string;
  /** How long to wait for the job's end, or null to answer at once. */
  waitSeconds: number | null;
  signal: AbortSignal;
}

/** One job, final or not. @throws {NotFoundError} where the viewer's client has none of this id. */
export async function getClassification(ctx: Context, input: GetInput): Promise<Classification> {
  const { viewer, id, waitSeconds, signal } = input;
  const client = toVisibleClient(viewer);
  const read = async () => {
    const job = await readJob(ctx.store, id, client);
    if (!job) throw new NotFoundError('job_not_found', 'There is no such job.');
    return describeJob(ctx, job);
  };
  const first = await inStoreTime(read());
  if (waitSeconds === null || isFinal(first.state)) return first;
  await waitForEnd(ctx, { id, waitSeconds, signal });
  return inStoreTime(read());
}

/** Waits until a job is final or the time is up. A ledger that is away in between is asked again. */
export async function waitForEnd(
  ctx: Context,
  { id, waitSeconds, signal }: Pick<GetInput, 'id' | 'signal'> & { waitSeconds: number },
): Promise<void> {
  await ctx.hub.pollUntil({
    key: id,
    read: () => inStoreTime(readJobState(ctx.store, id)).catch(() => undefined),
    isDone: (state) => state !== undefined && (state === null || isFinal(state)),
    timeoutMs: waitSeconds * 1_000,
    signal,
  });
}

/** A job with its labels and attempts, as the API shows it. */
export async function describeJob(ctx: Context, job: JobDocument): Promise<Classification> {
  const [attempts, facts] = await Promise.all([
    job.attemptCount === 0
      ? []
      : readAttempts(ctx.store, [job._id]).then((byJob) => byJob.get(job._id) ?? []),
    job.classifier ? ctx.classifierFacts.of(job.classifier) : null,
  ]);
  return toClassification(job, job.labels ?? facts?.labelNames ?? [], attempts);
}

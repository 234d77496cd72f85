import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import { StoreUnavailableError } from '@understudy/shared/errors';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readPresentHold } from '@understudy/shared/store/lane-holds/read-holds';
import type { LaneHoldDocument } from '@understudy/shared/store/lane-holds/model';
import { readAttempts, readJobState } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../in-store-time.ts';
import { findJob } from './find.ts';
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
  const find = () => findJob(ctx, viewer, id);
  const read = async () => describeJob(ctx, await find());
  const first = await inStoreTime(read());
  if (waitSeconds === null || isFinal(first.state)) return first;
  return (await waitForEnd(ctx, { id, waitSeconds, signal, find })) ?? inStoreTime(read());
}

interface WaitInput {
  id: string;
  waitSeconds: number;
  signal: AbortSignal;
  find: () => Promise<JobDocument>;
  /** Whether the job is not in the queue yet. */
  isNew?: boolean;
}

/**
 * Waits until a job is final. A ledger that is away in between is asked again. @returns null when the time is up.
 * @throws what `find` throws, when the job is gone
 */
export async function waitForEnd(ctx: Context, input: WaitInput): Promise<Classification | null> {
  const { id, waitSeconds, signal, find, isNew: waitsFirst = false } = input;
  const readEnded = async (isTold: boolean) => {
    // Without an event there is seldom more to see than its state.
    const state = isTold ? null : await readJobState(ctx.store, id);
    if (state !== null && !isFinal(state)) return null;
    const [job, attempts] = await Promise.all([find(), readAttempts(ctx.store, [id])]);
    // An event may be late, and the job tried again since.
    return isFinal(job.state) ? describeJob(ctx, job, attempts.get(id)) : null;
  };
  return ctx.hub.pollUntil({
    key: id,
    read: (event) =>
      inStoreTime(readEnded(event !== null)).catch((error: unknown) => {
        if (error instanceof StoreUnavailableError) return null;
        throw error;
      }),
    isDone: (ended) => ended !== null,
    timeoutMs: waitSeconds * 1_000,
    signal,
    waitsFirst,
  });
}

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

/** A job with its labels and attempts, as the API shows it; `read` are its attempts where they were read already. */
export async function describeJob(
  ctx: Context,
  job: JobDocument,
  read?: AttemptDocument[],
): Promise<Classification> {
  const [attempts, facts, hold] = await Promise.all([
    read ??
      (job.attemptCount === 0
        ? []
        : readAttempts(ctx.store, [job._id]).then((byJob) => byJob.get(job._id) ?? [])),
    job.classifier ? ctx.classifierFacts.of(job.classifier) : null,
    job.waiting ? readPresentHold(ctx.store, job, new Date(ctx.clock.now())) : null,
  ]);
  return toClassification(withHold(job, hold), job.labels ?? facts?.labelNames ?? [], attempts);
}

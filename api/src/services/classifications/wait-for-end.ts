import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import { NotFoundError } from '@understudy/shared/errors';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readAttempts, readJobState } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { describeJob } from './describe.ts';

interface WaitInput {
  id: string;
  waitSeconds: number;
  signal: AbortSignal;
  find: () => Promise<JobDocument>;
  /** The job is not in the queue yet: there is nothing to see before its first event. */
  waitsFirst?: boolean;
}

/**
 * Waits until a job is final. Where it cannot be read in between, it is asked again. @returns the job as it ended, or
 * as it is when the time is up. @throws what `find` throws when the job is gone, or where the ledger is away at the end
 */
export async function waitForEnd(ctx: Context, input: WaitInput): Promise<Classification> {
  const { id, waitSeconds, signal, find, waitsFirst = false } = input;

  async function readEnded(isTold: boolean): Promise<Classification | null> {
    // Without an event there is seldom more to see than its state.
    if (!isTold && (await isOpen())) return null;
    const [job, attempts] = await Promise.all([find(), readAttempts(ctx.store, [id])]);
    // An event may be late, and the job tried again since.
    if (!isFinal(job.state)) return null;
    const isWhole = attempts.get(id)?.every(({ outcome }) => outcome !== 'pending');
    return describeJob(ctx, job, isWhole ? attempts.get(id) : undefined);
  }

  async function isOpen() {
    const state = await readJobState(ctx.store, id);
    return state !== null && !isFinal(state);
  }

  const ended = await ctx.hub.pollUntil({
    key: id,
    read: (event) =>
      inStoreTime(readEnded(event !== null)).catch((error: unknown) => {
        if (error instanceof NotFoundError) throw error;
        return null;
      }),
    isDone: (read) => read !== null,
    timeoutMs: waitSeconds * 1_000,
    signal,
    waitsFirst,
  });
  return ended ?? inStoreTime(find().then((job) => describeJob(ctx, job)));
}

import type {
  HealthCheckAccepted,
  HealthCheckInput,
  HealthCheckResult,
} from '@understudy/shared/contracts/health';
import { ValidationError } from '@understudy/shared/errors';
import { createId } from '@understudy/shared/ids';
import type { Context } from '../../context.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { BEGIN_MS, RE_READ_MS } from '../worker-times.ts';
import { noWorker } from './no-worker.ts';

interface CheckInput extends HealthCheckInput {
  waitSeconds: number | null;
  signal: AbortSignal;
}

type Job = HealthCheckAccepted['jobs'][number];

/**
 * Has workers check providers now: those named, or every one that is enabled. With a wait, what came back in it.
 * @throws {ValidationError} `unknown_provider`; {AppError} `no_worker` where none can be asked, or none answered
 * within 4.5 s of a wait.
 */
export async function checkHealth(ctx: Context, input: CheckInput): Promise<HealthCheckAccepted> {
  const { deep, waitSeconds, signal } = input;
  await inStoreTime(ctx.watcher.refresh());
  const jobs = toProviderIds(ctx, input.providerIds).map((providerId) => ({
    providerId,
    jobId: createId('chk'),
  }));
  await enqueue(ctx, jobs, { deep, waits: waitSeconds !== null });
  if (waitSeconds === null || jobs.length === 0) return { jobs };
  const timeoutMs = waitSeconds * 1_000;
  const early = await waitForResults(ctx, jobs, { timeoutMs: Math.min(timeoutMs, BEGIN_MS), signal });
  if (early.length === 0 && timeoutMs >= BEGIN_MS) throw noWorker('No worker is running.');
  if (early.length === jobs.length || timeoutMs <= BEGIN_MS) return { jobs, results: early };
  return { jobs, results: await waitForResults(ctx, jobs, { timeoutMs: timeoutMs - BEGIN_MS, signal }) };
}

function toProviderIds(ctx: Context, given: readonly string[]): string[] {
  const known = ctx.catalogue.providers();
  if (given.length === 0) return known.filter(({ enabled }) => enabled).map(({ _id }) => _id);
  const ids = given.map(
    (idOrName) => (known.find(({ _id }) => _id === idOrName) ?? ctx.catalogue.provider(idOrName))?._id,
  );
  const faults = ids.flatMap((id, index) =>
    id === undefined ? [{ pointer: `/providerIds/${index}`, detail: 'is not known', code: 'unknown' }] : [],
  );
  if (faults.length > 0) throw new ValidationError(faults, 'unknown_provider');
  return [...new Set(ids.filter((id) => id !== undefined))];
}

async function enqueue(ctx: Context, jobs: Job[], { deep, waits }: { deep: boolean; waits: boolean }) {
  const name = waits ? 'interactive.health-check' : 'health.check';
  const adding = jobs.map(({ providerId, jobId }) =>
    ctx.producer.add(name, { providerId, checkId: jobId, deep }),
  );
  await Promise.all(adding).catch(() => {
    throw noWorker('The queue cannot be reached, so no worker can be asked.');
  });
}

/** Results as they are in the store; each check's event is one reason to look again. */
async function waitForResults(
  ctx: Context,
  jobs: readonly Job[],
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal },
): Promise<HealthCheckResult[]> {
  return ctx.hub.pollUntil({
    key: jobs.at(-1)?.jobId ?? '',
    read: () => inStoreTime(readResults(ctx, jobs)),
    isDone: (results) => results.length === jobs.length,
    timeoutMs,
    everyMs: RE_READ_MS,
    signal,
  });
}

async function readResults(ctx: Context, jobs: readonly Job[]): Promise<HealthCheckResult[]> {
  const found = await ctx.store.healthChecks.find({ _id: { $in: jobs.map(({ jobId }) => jobId) } }).lean();
  return found.map(({ providerId, found: status, responseTimeMs, errorMessage }) => ({
    providerId,
    status,
    responseTimeMs,
    errorMessage,
  }));
}

import type { FoundJob } from '@understudy/shared/store/jobs/job-filter';
import { toLaneId, type LaneHoldDocument } from '@understudy/shared/store/lane-holds/model';
import { toProviderReference } from '@understudy/shared/store/providers/to-reference';
import type { Context } from '../../context.ts';

/** The feeder looks again about once a second. */
const NEXT_LOOK_MS = 1_000;

/** Shows a waiting job with what holds its lane and which of its providers are off, as a deferred job shows them. */
export async function showInLine<T extends FoundJob>(ctx: Context, job: T): Promise<T> {
  return job.waiting ? toHeld(ctx, job, await ctx.laneHolds.of(job)) : job;
}

/** The same of many jobs, by one read at most. */
export async function showAllInLine<T extends FoundJob>(ctx: Context, jobs: readonly T[]): Promise<T[]> {
  const holds = await ctx.laneHolds.among(jobs.filter(({ waiting }) => waiting));
  return jobs.map((job) => (job.waiting ? toHeld(ctx, job, holds.get(toLaneId(job)) ?? null) : job));
}

function toHeld<T extends FoundJob>({ catalogue }: Context, job: T, hold: LaneHoldDocument | null): T {
  const off = catalogue.listOff(job.providers).map(toProviderReference);
  const offIds = new Set(off.map(({ id }) => id));
  return {
    ...job,
    deferred: hold ? { reason: hold.reason, nextTryAt: toNextTryAt(job, hold) } : job.deferred,
    passedOver: [
      ...job.passedOver.filter(({ provider }) => !offIds.has(provider.id)),
      ...off.map((provider) => ({ provider, reason: 'disabled' as const, until: null })),
    ],
  };
}

/** The deadline where no try is to be expected before it: somebody must change something, or it comes too late. */
function toNextTryAt({ deadlineAt }: FoundJob, { until, nextTryAt }: LaneHoldDocument): Date {
  if (nextTryAt === null) return deadlineAt;
  const soonest = new Date(Math.max(until.getTime() + NEXT_LOOK_MS, nextTryAt.getTime()));
  return soonest < deadlineAt ? soonest : deadlineAt;
}

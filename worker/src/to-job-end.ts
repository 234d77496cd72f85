import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import { readAttemptsUpTo } from '@understudy/shared/store/attempts/read-attempts';
import { sumUsage } from '@understudy/shared/store/attempts/sum-usage';
import type { Store } from '@understudy/shared/store/connect';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { JobEnd } from '@understudy/shared/store/jobs/settle-job';
import type { Run } from './claim-run.ts';
import type { DispatchEnd, DispatchReport } from './dispatch/dispatch-report.ts';
import { LEDGER_WAIT_MS, untilStored } from './until-stored.ts';

interface ToJobEndDeps {
  store: Store;
  clock: Clock;
  logger: Logger;
}

/** What the ledger is to hold of a dispatch; null where the claim is gone and somebody else has the job. */
export async function toJobEnd(
  deps: ToJobEndDeps,
  { job, claim }: Run,
  { end: reported, passedOver, rejectedBy, attempts }: DispatchReport,
): Promise<JobEnd | null> {
  const isGivenBack = reported.kind === 'lost' && claim.loss() === 'stopping';
  const end = isGivenBack ? toGivenBack(deps.clock.now()) : reported;
  if (end.kind === 'lost') return null;
  const usage = sumUsage([...(await readEarlier(deps, job)), ...attempts]);
  switch (end.kind) {
    case 'succeeded': {
      const { kind: _, ...answer } = end;
      return { state: 'succeeded', ...answer, usage, passedOver };
    }
    case 'failed':
      return { state: 'failed', error: end.error, usage, passedOver };
    case 'deferred':
      return { state: 'deferred', deferred: end.deferred, usage, passedOver, rejectedBy };
  }
}

/** A stopping worker gives its jobs back, so that another takes them without waiting for the lease. */
function toGivenBack(nowMs: number): DispatchEnd {
  const deferred = { reason: 'no_provider_available' as const, nextTryAt: new Date(nowMs) };
  return { kind: 'deferred', deferred };
}

/** The attempts of the job's earlier dispatches. */
async function readEarlier(
  { store, clock, logger }: ToJobEndDeps,
  { _id: jobId, attemptCount }: JobDocument,
): Promise<AttemptDocument[]> {
  if (attemptCount === 0) return [];
  const read = () => readAttemptsUpTo(store, jobId, attemptCount);
  return untilStored(read, { clock, logger, boundMs: LEDGER_WAIT_MS, what: 'the usage of a job' });
}

import { randomUUID } from 'node:crypto';
import type { Payload } from '@understudy/shared/jobs/catalog';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { Store } from '@understudy/shared/store/connect';
import { LEASE_MS } from '@understudy/shared/store/jobs/claim-job';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readLeaseLeftMs } from '@understudy/shared/store/jobs/read-lease-left';
import type { Ledger } from '@understudy/shared/store/ledger';
import type { ClaimKeeper, HeldClaim } from './claims.ts';
import type { WorkMetrics } from './metrics/work-metrics.ts';

export interface ClaimRunDeps {
  store: Store;
  ledger: Pick<Ledger, 'claimJob'>;
  claims: Pick<ClaimKeeper, 'hold'>;
  workMetrics: Pick<WorkMetrics, 'noteClaim'>;
  workerId: string;
  clock: Clock;
  tracing?: Tracing | null;
  logger: Logger;
}

/** The job that one execution works on, and the claim that it holds it by. */
export interface Run {
  job: JobDocument;
  claim: HeldClaim;
  /** When its deadline is, on the monotonic clock. */
  jobEndsAt: number;
}

type Claimed =
  | { kind: 'run'; run: Run }
  | { kind: 'nothing_to_do' }
  /** By another worker, which may be dead: BullMQ brings its entry back before its lease is over. */
  | { kind: 'held'; leftMs: number }
  | { kind: 'store_away' };

/** Claims the job that an entry of the queue names. Never throws: a ledger that fails counts as away. */
export async function claimRun(
  { store, ledger, claims, workMetrics, workerId, clock, tracing, logger }: ClaimRunDeps,
  { jobId, generation }: Payload<'classification.dispatch'>,
): Promise<Claimed> {
  const token = randomUUID();
  const sinceMs = clock.monotonic();
  try {
    const traceparent = tracing?.active() ?? null;
    const job = await ledger.claimJob({ jobId, generation, token, workerId, traceparent });
    if (job === null) {
      const leftMs = await readLeaseLeftMs(store, jobId, generation);
      return leftMs === null ? { kind: 'nothing_to_do' } : { kind: 'held', leftMs };
    }
    workMetrics.noteClaim(job);
    const jobEndsAt = toJobEndsAt(job, clock, sinceMs);
    return { kind: 'run', run: { job, claim: claims.hold({ jobId, token, sinceMs }), jobEndsAt } };
  } catch (err) {
    logger.debug({ err, jobId }, 'a job could not be claimed');
    return { kind: 'store_away' };
  }
}

/**
 * When the deadline of a job is that was just claimed, on the monotonic clock: by this machine's clock, within what the
 * ledger's leaves open. It took the claim at some moment since this was asked for, and ours may have been set ahead just
 * now; what ends at its deadline has ended for good.
 */
function toJobEndsAt({ deadlineAt, claim: held }: JobDocument, clock: Clock, sinceMs: number): number {
  if (!held) throw new Error('A claimed job has a claim');
  const nowMs = clock.monotonic();
  const leftAtClaimMs = deadlineAt.getTime() - (held.leaseUntil.getTime() - LEASE_MS);
  const endsAt = nowMs + deadlineAt.getTime() - clock.now();
  return Math.min(nowMs + leftAtClaimMs, Math.max(sinceMs + leftAtClaimMs, endsAt));
}

import { timeOperation } from '../runtime/store-latency.ts';
import { createBeginAttempt } from './attempts/begin-attempt.ts';
import { createSettleAttempt } from './attempts/settle-attempt.ts';
import type { Store } from './connect.ts';
import { createInsertFailover } from './failovers/insert-failover.ts';
import { createReserveKey } from './idempotency-keys/reserve-key.ts';
import { createClaimJob } from './jobs/claim-job.ts';
import { createInsertJob } from './jobs/insert-job.ts';
import { createSettleJob } from './jobs/settle-job.ts';

/** The writes of the hot path, each joined into batches: one ledger per process, so that they meet. */
export type Ledger = ReturnType<typeof createLedger>;

export function createLedger(store: Store) {
  const timed = <Args extends unknown[], Result>(name: string, run: (...args: Args) => Promise<Result>) =>
    timeOperation(name, run, store.onOperation);
  return {
    reserveKey: timed('reserve_key', createReserveKey(store)),
    insertJob: timed('insert_job', createInsertJob(store)),
    claimJob: timed('claim_job', createClaimJob(store)),
    beginAttempt: timed('begin_attempt', createBeginAttempt(store)),
    settleAttempt: timed('settle_attempt', createSettleAttempt(store)),
    settleJob: timed('settle_job', createSettleJob(store)),
    insertFailover: timed('insert_failover', createInsertFailover(store)),
  };
}

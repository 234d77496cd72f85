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
  return {
    reserveKey: createReserveKey(store),
    insertJob: createInsertJob(store),
    claimJob: createClaimJob(store),
    beginAttempt: createBeginAttempt(store),
    settleAttempt: createSettleAttempt(store),
    settleJob: createSettleJob(store),
    insertFailover: createInsertFailover(store),
  };
}

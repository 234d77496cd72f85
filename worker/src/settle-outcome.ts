import { DelayedError, UnrecoverableError, type Job } from 'bullmq';
import type { Outcome } from './handlers/handler.ts';

/** How long a job whose handler asks for a retry waits in the queue. */
const RETRY_MS = 1_000;

/**
 * Turns a handler's outcome into what BullMQ understands; the only place that throws its signals. `token` is
 * BullMQ's lock on the entry. Reasons reach Redis, so they never hold a text.
 */
export async function settleOutcome(job: Job, token: string | undefined, outcome: Outcome): Promise<void> {
  switch (outcome.kind) {
    case 'done':
      return;
    case 'retry':
      await job.moveToDelayed(Date.now() + RETRY_MS, token);
      throw new DelayedError();
    case 'defer':
      await job.moveToDelayed(Date.now() + outcome.forMs, token);
      throw new DelayedError();
    case 'reject':
      throw new UnrecoverableError(outcome.reason);
  }
}

import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { withLease } from '@understudy/shared/store/leases/with-lease';
import { done, type Outcome } from '../handlers/handler.ts';

/** Longer than a run takes as a rule. Two runs at once do no harm, they only do the work twice. */
const LEASE_MS = 10_000;

/**
 * Makes a task of upkeep a handler: one run at a time in the fleet, under a lease named like the task. A run that
 * fails is logged and over: the next one is due in seconds, and takes up what this one left. While one
 * hangs beyond its lease, this process begins no second.
 */
export function runLeased(
  { store, logger }: { store: Store; logger: Logger },
  task: string,
  run: () => Promise<void>,
): () => Promise<Outcome> {
  let isRunning = false;
  return async () => {
    if (isRunning) return done;
    isRunning = true;
    try {
      await withLease(store, { name: task, leaseMs: LEASE_MS }, run);
    } catch (err) {
      logger.warn({ err, task }, 'a run of upkeep failed');
    } finally {
      isRunning = false;
    }
    return done;
  };
}

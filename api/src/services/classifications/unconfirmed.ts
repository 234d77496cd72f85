import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { cancelUnconfirmedJobs } from '@understudy/shared/store/jobs/cancel-unconfirmed-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';
import type { Catalogue } from '../../copies/catalogue.ts';

const EVERY_MS = 1_000;
const MAX_REMEMBERED = 10_000;
/** How long after the store first answered again a late insert may still arrive from a connection's buffer. */
const LATE_MS = 60_000;

export interface Unconfirmed extends Service {
  /** Remembers a job whose submitter was told 503 and cannot ask again; beyond 10,000 the oldest is forgotten. */
  remember(jobId: string): void;
  runOnce(): Promise<void>;
}

/** Cancels jobs that reached the ledger although their submitter was told that they were not accepted. */
export function createUnconfirmed(options: {
  store: Store;
  catalogue: Pick<Catalogue, 'config'>;
  clock: Clock;
  logger: Logger;
}): Unconfirmed {
  const { store, catalogue, clock, logger } = options;
  /** By job: since when the store answers again, on the monotonic clock. */
  const remembered = new Map<string, number | null>();

  async function runOnce() {
    if (remembered.size === 0) return;
    const jobIds = [...remembered.keys()];
    const cancelled = await cancelUnconfirmedJobs(store, jobIds, {
      erasesText: erasesTexts(catalogue.config()),
    });
    if (cancelled > 0) logger.info({ cancelled }, 'cancelled jobs that were confirmed too late');
    const now = clock.monotonic();
    for (const jobId of jobIds) {
      const answeredAt = remembered.get(jobId) ?? now;
      if (now - answeredAt > LATE_MS) remembered.delete(jobId);
      else remembered.set(jobId, answeredAt);
    }
  }

  return {
    ...createPeriodicService({ name: 'unconfirmed', intervalMs: EVERY_MS, runOnce, logger }),
    runOnce,
    remember(jobId) {
      remembered.set(jobId, null);
      const [oldest] = remembered.keys();
      if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    },
  };
}

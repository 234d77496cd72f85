import { isOfKind } from '@understudy/shared/ids';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import type { Store } from '@understudy/shared/store/connect';
import { withdrawBatches } from '@understudy/shared/store/batches/withdraw-batch';
import { cancelUnconfirmedJobs } from '@understudy/shared/store/jobs/cancel-unconfirmed-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';
import type { Catalogue } from '../../caches/catalogue.ts';

const EVERY_MS = 1_000;
const MAX_REMEMBERED = 10_000;
/** How long after the store first answered again a late insert may still arrive from a connection's buffer. */
const LATE_MS = 60_000;

export interface Unconfirmed extends Service {
  /** Remembers a job, or a batch, whose submitter was told 503 and cannot ask again; beyond 10,000 the oldest is forgotten. */
  remember(id: string): void;
  runOnce(): Promise<void>;
}

/**
 * Cancels jobs that reached the ledger although their submitter was told that they were not accepted. Each once: whoever
 * tries a cancelled one again wants it.
 */
export function createUnconfirmed(options: {
  store: Store;
  catalogue: Pick<Catalogue, 'config'>;
  clock: Clock;
  logger: Logger;
}): Unconfirmed {
  const { store, catalogue, clock, logger } = options;
  /** By job or batch: since when the store answers again, on the monotonic clock. */
  const remembered = new Map<string, number | null>();

  async function runOnce() {
    if (remembered.size === 0) return;
    const ids = [...remembered.keys()];
    const isBatch = (id: string) => !isOfKind('job', id);
    const texts = { erasesText: erasesTexts(catalogue.config()) };
    const jobIds = ids.filter((id) => !isBatch(id));
    const { cancelled, overIds } = await cancelUnconfirmedJobs(store, jobIds, texts);
    const foundBatches = await withdrawBatches(store, ids.filter(isBatch), texts);
    if (cancelled > 0) logger.info({ cancelled }, 'cancelled jobs that were confirmed too late');
    for (const id of [...overIds, ...foundBatches]) remembered.delete(id);
    const now = clock.monotonic();
    for (const id of remembered.keys()) {
      const answeredAt = remembered.get(id) ?? now;
      if (now - answeredAt > LATE_MS) remembered.delete(id);
      else remembered.set(id, answeredAt);
    }
  }

  return {
    ...createPeriodicService({ name: 'unconfirmed', intervalMs: EVERY_MS, runOnce, logger }),
    runOnce,
    remember(id) {
      setBounded(remembered, id, null, MAX_REMEMBERED);
    },
  };
}

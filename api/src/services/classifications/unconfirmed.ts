import { isOfKind } from '@understudy/shared/ids';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { withdrawBatches } from '@understudy/shared/store/batches/withdraw-batch';
import type { Store } from '@understudy/shared/store/connect';
import { cancelUnconfirmedJobs } from '@understudy/shared/store/jobs/cancel-unconfirmed-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';
import { createLateWrites, type LateWrites } from '@understudy/shared/store/late-writes';
import type { Catalogue } from '../../caches/catalogue.ts';

/** Remembers jobs and batches whose submitter was told 503 and cannot ask again. */
export type Unconfirmed = LateWrites<{ _id: string }>;

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
  return createLateWrites({
    name: 'unconfirmed',
    async look(writes, forget) {
      const ids = writes.map(({ _id }) => _id);
      const isJob = (id: string) => isOfKind('job', id);
      const texts = { erasesText: erasesTexts(catalogue.config()) };
      const { cancelled, overIds } = await cancelUnconfirmedJobs(store, ids.filter(isJob), texts);
      const batchIds = ids.filter((id) => !isJob(id));
      const foundBatchIds = await withdrawBatches(store, batchIds, texts);
      if (cancelled > 0) logger.info({ cancelled }, 'cancelled jobs that were confirmed too late');
      [...overIds, ...foundBatchIds].forEach(forget);
    },
    clock,
    logger,
  });
}

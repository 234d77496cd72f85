import type { Redis } from 'ioredis';
import { readEpoch } from '@understudy/shared/jobs/epoch';
import type { Producer } from '@understudy/shared/jobs/producer';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import {
  confirmQueued,
  findDueJobs,
  findLongQueuedJobs,
  findLostJobs,
} from '@understudy/shared/store/jobs/requeue-jobs';
import { partByQueue, requeue } from '../upkeep/requeue.ts';

export interface QueueDeps {
  store: Store;
  redis: Redis;
  prefix: string;
  producer: Pick<Producer, 'addClassifications' | 'queues'>;
  clock: Clock;
  logger: Logger;
}

/** Of each kind, in one run. */
const AT_MOST = 1_000;
/** A job that waits this long is looked for in the queue, and again after as long. */
const LONG_QUEUED_MS = 30_000;

/**
 * Brings back what the queue should have and has not: deferred jobs whose time has come, jobs that were given to a
 * Redis of another epoch or to none, and jobs that wait for long and turn out to be missing.
 */
export async function fillQueue(deps: QueueDeps): Promise<void> {
  const { store, redis, prefix, clock, logger } = deps;
  const epoch = await readEpoch(redis, prefix);
  await requeue(deps, await findDueJobs(store, AT_MOST), epoch);
  const lost = await requeue(deps, await findLostJobs(store, epoch, AT_MOST), epoch);
  if (lost > 0) logger.info({ jobs: lost }, 'brought back jobs that no Redis of this epoch had');

  const before = new Date(clock.now() - LONG_QUEUED_MS);
  const waiting = await findLongQueuedJobs(store, epoch, before, AT_MOST);
  if (waiting.length === 0) return;
  const { present, absent } = await partByQueue(deps, waiting);
  if (present.length > 0) await confirmQueued(store, present);
  const missing = await requeue(deps, absent, epoch);
  if (missing > 0) logger.warn({ jobs: missing }, 'brought back jobs that the queue had lost');
}

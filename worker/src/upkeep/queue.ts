import { readEpoch } from '@understudy/shared/jobs/epoch';
import { toQueueId, type Producer } from '@understudy/shared/jobs/producer';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import { confirmQueued, findLongQueuedJobs, returnJobs } from '@understudy/shared/store/jobs/return-jobs';

export interface QueueDeps {
  store: Store;
  redis: Redis;
  prefix: string;
  producer: Pick<Producer, 'queues'>;
  clock: Clock;
  logger: Logger;
}

const BATCH_SIZE = 1_000;
/**
 * A job that is in the window for this long is looked for in the queue, and again after as long. Whoever puts it there
 * has given up by then; an entry that comes later all the same is of an older generation.
 */
const LONG_QUEUED_MS = 5_000;

/** Looks for jobs that are in the window for long; those that the queue turns out not to have wait for the feeder again. */
export async function checkQueue({
  store,
  redis,
  prefix,
  producer,
  clock,
  logger,
}: QueueDeps): Promise<void> {
  const before = new Date(clock.now() - LONG_QUEUED_MS);
  const jobs = await findLongQueuedJobs(store, await readEpoch(redis, prefix), before, BATCH_SIZE);
  if (jobs.length === 0) return;
  const found = await Promise.all(
    jobs.map(({ _id: jobId, generation }) =>
      redis.exists(producer.queues.classify.toKey(toQueueId({ jobId, generation }))),
    ),
  );
  const isThere = (index: number) => found[index] === 1;
  const present = jobs.filter((_, index) => isThere(index));
  const missing = jobs.filter((_, index) => !isThere(index));
  if (present.length > 0) await confirmQueued(store, present);
  await returnJobs(
    store,
    missing.map(({ _id }) => _id),
  );
  if (missing.length > 0) logger.warn({ jobs: missing.length }, 'brought back jobs that the queue had lost');
}

import { readEpoch } from '@understudy/shared/jobs/epoch';
import { toQueueId, type Producer } from '@understudy/shared/jobs/producer';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { readRedisNow, type Redis } from '@understudy/shared/runtime/redis';
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
/** An entry is put off for a lease at most; one that waits longer was put off by a process whose clock was ahead. */
const FAR_OFF_MS = 10_000;
/** BullMQ's delayed set scores an entry by its time in milliseconds, with room for a count in each. */
const SCORES_PER_MS = 0x1000;

/**
 * Looks for jobs that are in the window for long; those that the queue has not, or has put far off, wait for the feeder
 * again.
 */
export async function checkQueue(deps: QueueDeps): Promise<void> {
  const { store, redis, prefix, producer, clock, logger } = deps;
  await removeFarOff(deps);
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

/** Takes out of the queue what a clock that was ahead put far off: until then it would only take up room. */
async function removeFarOff({ redis, producer, logger }: QueueDeps) {
  const { classify } = producer.queues;
  const from = ((await readRedisNow(redis)) + FAR_OFF_MS) * SCORES_PER_MS;
  const ids = await redis.zrangebyscore(classify.toKey('delayed'), from, '+inf', 'LIMIT', 0, BATCH_SIZE);
  if (ids.length === 0) return;
  await Promise.all(ids.map((id) => classify.remove(id)));
  logger.warn(
    { jobs: ids.length },
    'took entries out of the queue that a clock that was ahead had put far off',
  );
}

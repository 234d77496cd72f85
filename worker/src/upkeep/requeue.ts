import type { Redis } from 'ioredis';
import type { Producer } from '@understudy/shared/jobs/producer';
import { toQueueId } from '@understudy/shared/jobs/producer';
import type { Store } from '@understudy/shared/store/connect';
import { markNotQueued, requeueJobs } from '@understudy/shared/store/jobs/requeue-jobs';

export type FoundJobs = Parameters<typeof requeueJobs>[1];

interface RequeueDeps {
  store: Store;
  producer: Pick<Producer, 'addClassifications'>;
}

/**
 * Brings jobs back into the queue under a new generation: ledger first, then queue. Where the queue does not take
 * them the ledger says so, and the next run brings them again. @returns how many were brought. @throws then.
 */
export async function requeue(
  { store, producer }: RequeueDeps,
  found: FoundJobs,
  epoch: string,
): Promise<number> {
  const jobs = await requeueJobs(store, found, epoch);
  try {
    await producer.addClassifications(jobs);
  } catch (err) {
    await markNotQueued(
      store,
      jobs.map(({ jobId }) => jobId),
    );
    throw err;
  }
  return jobs.length;
}

/** Parts jobs into those that the queue has an entry of, in whatever state, and those that it has not. */
export async function partByQueue(
  { redis, producer }: { redis: Redis; producer: Pick<Producer, 'queues'> },
  found: FoundJobs,
): Promise<{ present: FoundJobs; absent: FoundJobs }> {
  const pipeline = redis.pipeline();
  for (const { _id: jobId, generation } of found) {
    pipeline.exists(producer.queues.classify.toKey(toQueueId({ jobId, generation })));
  }
  const results = (await pipeline.exec()) ?? [];
  const failure = results.find(([error]) => error !== null)?.[0];
  if (failure) throw failure;
  const isPresent = (index: number) => results[index]?.[1] === 1;
  return {
    present: found.filter((_, index) => isPresent(index)),
    absent: found.filter((_, index) => !isPresent(index)),
  };
}

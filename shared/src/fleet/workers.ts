import type { Redis } from 'ioredis';
import type { WorkerProcess } from '../contracts/stats.ts';
import { readRedisNow } from '../runtime/redis.ts';
import { toWorkersKeys } from './keys.ts';

/** A worker whose last heartbeat is older counts as dead. */
export const LIVES_MS = 5_000;

/** What one worker process says of itself, beside its id and the time. */
export type WorkerWord = Pick<WorkerProcess, 'startedAt' | 'active' | 'concurrency'>;

/** The worker processes of the fleet that live, by id. @throws when Redis is away. */
export async function readFleetWorkers(redis: Redis, prefix: string): Promise<WorkerProcess[]> {
  const { seen, said } = toWorkersKeys(prefix);
  const now = await readRedisNow(redis);
  const [living, words] = await Promise.all([
    // What seems to be further ahead is from before the clock was set back.
    redis.zrangebyscore(seen, `(${now - LIVES_MS}`, now + LIVES_MS, 'WITHSCORES'),
    redis.hgetall(said),
  ]);
  const ids = living.filter((_, index) => index % 2 === 0);
  return ids
    .flatMap((id, index) => {
      const word = words[id];
      if (word === undefined) return [];
      const lastSeenAt = new Date(Number(living[index * 2 + 1])).toISOString();
      return [{ id, lastSeenAt, ...(JSON.parse(word) as WorkerWord) }];
    })
    .toSorted((a, b) => a.id.localeCompare(b.id, 'en'));
}

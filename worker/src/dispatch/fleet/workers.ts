import { toWorkersKeys } from '@understudy/shared/fleet/keys';
import { LIVES_MS, readFleetWorkers, type WorkerWord } from '@understudy/shared/fleet/workers';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { readRedisNow, type Redis } from '@understudy/shared/runtime/redis';

/** The worker processes that live, as last seen. */
export interface FleetWorkers extends Service {
  /** How many there are, this one among them. */
  count(): number;
  /** How many jobs they can work on at once in all. */
  capacity(): number;
  /** Notes that this one lives, and looks who else does. */
  beat(): Promise<void>;
}

const BEAT_MS = 1_000;

/**
 * Lets each worker process know how much the fleet can work on, and how many share the limits while Redis is away; lets
 * operators see who lives.
 */
export function createFleetWorkers(options: {
  redis: Redis;
  prefix: string;
  workerId: string;
  /** How many jobs this process works on at once. */
  concurrency: number;
  /** How many it works on now. */
  active: () => number;
  logger: Logger;
}): FleetWorkers {
  const { redis, prefix, workerId, concurrency, active, logger } = options;
  const { seen, said } = toWorkersKeys(prefix);
  const startedAt = new Date().toISOString();
  let count = 1;
  let capacity = concurrency;

  async function beat() {
    const now = await readRedisNow(redis);
    const word: WorkerWord = { startedAt, active: active(), concurrency };
    await redis
      .multi()
      .zadd(seen, now, workerId)
      .hset(said, workerId, JSON.stringify(word))
      .zremrangebyscore(seen, '-inf', now - LIVES_MS)
      // Who died before the clock was set back; who lives is there again with its next beat.
      .zremrangebyscore(seen, `(${now + LIVES_MS}`, '+inf')
      .pexpire(seen, LIVES_MS)
      .pexpire(said, LIVES_MS)
      .exec();
    const living = await readFleetWorkers(redis, prefix);
    count = Math.max(1, living.length);
    capacity = living.reduce((sum, worker) => sum + worker.concurrency, 0);
    await forgetDead();
  }

  async function forgetDead() {
    const ids = await redis.hkeys(said);
    const living = new Set(await redis.zrange(seen, '0', '-1'));
    const dead = ids.filter((id) => !living.has(id));
    if (dead.length > 0) await redis.hdel(said, ...dead);
  }

  const beating = createPeriodicService({
    name: 'heartbeat',
    intervalMs: BEAT_MS,
    runOnce: () => beat().catch((err: unknown) => logger.debug({ err }, 'a heartbeat was not told')),
    logger,
  });
  return {
    ...beating,
    count: () => count,
    capacity: () => capacity,
    beat,
    async stop() {
      await beating.stop();
      await Promise.all([redis.zrem(seen, workerId), redis.hdel(said, workerId)]).catch(() => {});
    },
  };
}

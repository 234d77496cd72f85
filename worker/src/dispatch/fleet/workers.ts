import type { Redis } from 'ioredis';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';

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
const LIVES_MS = 5_000;

/** Lets each worker process know how much the fleet can work on, and how many share the limits while Redis is away. */
export function createFleetWorkers(options: {
  redis: Redis;
  prefix: string;
  workerId: string;
  /** How many jobs this process works on at once. */
  concurrency: number;
  logger: Logger;
}): FleetWorkers {
  const { redis, prefix, workerId, concurrency, logger } = options;
  const member = `${workerId}|${concurrency}`;
  const key = `${prefix}:fleet:workers`;
  let count = 1;
  let capacity = concurrency;

  async function readLiving(now: number): Promise<string[]> {
    await redis.zadd(key, now, member);
    await redis.zremrangebyscore(key, '-inf', now - LIVES_MS);
    return redis.zrange(key, '0', '-1');
  }

  async function beat() {
    const now = Number((await redis.time())[0]) * 1_000;
    const living = await readLiving(now);
    await redis.pexpire(key, LIVES_MS);
    count = Math.max(1, living.length);
    capacity = living.reduce((sum, other) => sum + Number(other.split('|').at(-1)), 0);
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
      await redis.zrem(key, member).catch(() => {});
    },
  };
}

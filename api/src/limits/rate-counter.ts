import { setImmediate as immediate } from 'node:timers/promises';
import { inTime } from '@understudy/shared/runtime/in-time';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Redis } from '@understudy/shared/runtime/redis';
import { RateLimiterRedis } from 'rate-limiter-flexible';
import { createLocalCounter } from './local-counter.ts';

/** What a key has used up of the window that is running for it. */
export interface Count {
  used: number;
  /** Until the window ends and all is free again, in milliseconds. */
  resetMs: number;
}

export interface RateCounter {
  /** Counts `points` of this key, or gives them back where negative. Never throws, and never takes long. */
  add(key: string, points: number): Promise<Count>;
}

/** A key's window begins with its first count. Twice the limit may pass in a minute across its end, never more. */
export const WINDOW_SECONDS = 60;
/** A count takes under a millisecond; nobody's request is held up longer than this by a Redis that is frozen. */
const TIMEOUT_MS = 1_000;
/** For this long a Redis that did not answer is not asked again. */
const AWAY_MS = 5_000;

/**
 * Counts per key and minute over all API processes, in Redis and by its clock, in one round trip. While Redis is away
 * each process goes by what it has counted itself, so that a limit holds once per process.
 */
export function createRateCounter(options: {
  redis: Redis;
  prefix: string;
  clock: Pick<Clock, 'monotonic'>;
}): RateCounter {
  const { redis, prefix, clock } = options;
  const fleet = new RateLimiterRedis({
    storeClient: redis,
    keyPrefix: `${prefix}:rate`,
    // Each caller has limits of its own and judges by what is used.
    points: Number.MAX_SAFE_INTEGER,
    duration: WINDOW_SECONDS,
    rejectIfRedisNotReady: true,
  });
  const local = createLocalCounter({ windowMs: WINDOW_SECONDS * 1_000, clock });
  let awayUntil = Number.NEGATIVE_INFINITY;

  /** What Redis counts; null where it is away, or frozen. */
  async function ask(key: string, points: number): Promise<Count | null> {
    const counting = fleet.penalty(key, points).then(
      (count) => ({ used: count.consumedPoints, resetMs: Math.max(0, count.msBeforeNext) }),
      () => null,
    );
    const toError = () => new Error(`Redis did not count within ${TIMEOUT_MS} ms`);
    // After a time-out what came meanwhile is read: a process that was busy itself must not take Redis for gone.
    return inTime(counting, TIMEOUT_MS, toError).catch(() => Promise.race([counting, immediate(null)]));
  }

  return {
    async add(key, points) {
      const own = local.add(key, points);
      if (clock.monotonic() < awayUntil) return own;
      const count = await ask(key, points);
      if (count === null) awayUntil = clock.monotonic() + AWAY_MS;
      return count ?? own;
    },
  };
}

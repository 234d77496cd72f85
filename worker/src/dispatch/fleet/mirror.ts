import { readCircuits, type CircuitRecord } from '@understudy/shared/fleet/circuits';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { inRedisTime, type Redis } from '@understudy/shared/runtime/redis';
import { createRedisSubscriber } from '@understudy/shared/runtime/redis-subscriber';
import { toChannel, toCheckKey } from './keys.ts';

/** This process's picture of the fleet's circuits, and whether the fleet's records can be reached at all. */
export interface CircuitMirror extends Service {
  isUp(): boolean;
  /** Notes that a script failed: nobody waits for Redis again before a write and a read have succeeded in time. */
  markDown(): void;
  /** Reads every circuit now. */
  refresh(): Promise<void>;
  /** What Redis's clock says by what it said at the last read; null before the first. Never behind, but for a step. */
  redisNowMs(): number | null;
}

interface MirrorOptions {
  redis: Redis;
  prefix: string;
  /** Stands in for Redis's clock; only tests have one. */
  redisNowMs?: () => number;
  providerIds: () => readonly string[];
  /** Given each record as it was read, and what Redis's clock said then. */
  onRead: (providerId: string, record: CircuitRecord, redisNowMs: number) => void;
  /** Told whenever Redis has answered. @returns whether that changed what was read. */
  onUp: () => Promise<boolean>;
  clock: Clock;
  logger: Logger;
}

const READ_MS = 500;
const CHECK_KEPT_MS = 60_000;

/**
 * Reads the circuits every 500 ms, and at once when one is told to have changed: an open anywhere is an open everywhere
 * within a second, and a refusal by a circuit that is known to be open costs no round trip.
 */
export function createCircuitMirror(options: MirrorOptions): CircuitMirror {
  const { redis, prefix, redisNowMs, providerIds, onRead, onUp, clock, logger } = options;
  let up = true;
  let reading: Promise<void> | null = null;
  let aheadMs: number | null = null;

  async function read() {
    await readOnce();
    if (up && (await onUp())) await readOnce();
  }

  async function readOnce() {
    try {
      const { askedMs, nowMs, circuits } = await inRedisTime(readCarefully());
      aheadMs = nowMs - askedMs;
      for (const [id, record] of circuits) onRead(id, record, nowMs);
      if (!up) logger.info('the fleet’s circuits and limits rule again');
      up = true;
    } catch (err) {
      markDown();
      logger.debug({ err }, 'the circuits of the fleet could not be read');
    }
  }

  /** A Redis that is only read from, or too slow for a script, must not undo what this process found out alone. */
  async function readCarefully() {
    if (!up) await redis.set(toCheckKey(prefix), 1, 'PX', CHECK_KEPT_MS);
    const askedMs = clock.monotonic();
    return { askedMs, ...(await readCircuits(redis, prefix, providerIds(), redisNowMs?.())) };
  }

  function markDown() {
    if (up) logger.warn('Redis is away: circuits and limits hold per process until it is back');
    up = false;
  }

  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = null;
    });
    return reading;
  }

  // What it misses, the periodic read finds.
  const listening = createRedisSubscriber({
    redis,
    channel: toChannel(prefix),
    onMessage: () => void refresh(),
    logger,
  });
  const polling = createPeriodicService({
    name: 'circuit mirror',
    intervalMs: READ_MS,
    runOnce: refresh,
    logger,
  });
  return {
    isUp: () => up,
    markDown,
    refresh,
    redisNowMs: () => (aheadMs === null ? null : clock.monotonic() + aheadMs),
    async start() {
      await listening.start();
      await polling.start();
    },
    async stop() {
      await listening.stop();
      await polling.stop();
    },
  };
}

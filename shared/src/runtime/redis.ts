import { Redis } from 'ioredis';
import { corkCommands } from './cork-commands.ts';
import { inTime } from './in-time.ts';
import type { Logger } from './logger.ts';
import { observeRedis } from './observe-redis.ts';
import type { OnOperation } from './store-latency.ts';

/** A connection to Redis: for whoever is given one, and does not know the library that makes it. */
export type { Redis };

/** Every key of ours, BullMQ's among them, starts with this. */
export const REDIS_PREFIX = 'understudy';

/** The connection by which a scheduler is known: it holds nothing in the stores that would say that it lives. */
export const SCHEDULER_CONNECTION = `${REDIS_PREFIX}-scheduler`;

/**
 * `blocking` waits for Redis for ever (workers, stream readers); `fail-fast` answers an error at once while Redis
 * is away, so that a submit is never held up by it.
 */
export type RedisMode = 'blocking' | 'fail-fast';

interface RedisOptions {
  url: string;
  mode: RedisMode;
  logger: Logger;
  /** What Redis's `CLIENT LIST` is to show it by. */
  name?: string;
  /** Told of every command; not where they block. */
  onOperation?: OnOperation;
}

/**
 * A Redis whose machine lost power, or that a firewall cut off, closes no connection: it is given up after this silence,
 * which must be longer than commands take. Those that block wait for up to 10 s (BullMQ's).
 */
export const SILENCE_MS = { 'fail-fast': 5_000, blocking: 15_000 } as const satisfies Record<
  RedisMode,
  number
>;

/** How long the way of a job waits for an answer: not for a Redis that is frozen. */
export const REDIS_TIMEOUT_MS = 500;

const LEAVE_EVERY_MS = 5_000;

/** Opens a connection that reconnects by itself; a lost connection is logged once, and once when it is back. */
export function connectRedis(options: RedisOptions): Redis {
  const modeOptions =
    options.mode === 'blocking'
      ? { maxRetriesPerRequest: null }
      : { maxRetriesPerRequest: 0, enableOfflineQueue: false, commandTimeout: 2_000 };
  const redis = new Redis(options.url, {
    ...modeOptions,
    ...(options.name && { connectionName: options.name }),
    connectTimeout: 3_000,
    socketTimeout: SILENCE_MS[options.mode],
    reconnectOnError: createDemotionCheck(options.logger),
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  });
  corkCommands(redis);
  if (options.onOperation) observeRedis(redis, options.onOperation);
  let lost = false;
  redis.on('error', (err) => {
    if (lost) return;
    lost = true;
    options.logger.warn({ err, store: 'redis' }, 'Redis is away');
  });
  redis.on('ready', () => {
    if (lost) options.logger.info({ store: 'redis' }, 'Redis is back');
    lost = false;
  });
  return redis;
}

/**
 * Has a connection looked for anew where the server says that it takes no writes: it is no primary any more, and the address
 * may lead to another by now. Not at every command, where it still leads to the same one.
 */
function createDemotionCheck(logger: Logger): (error: Error) => boolean {
  let leftAt = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    if (!message.includes('READONLY') || performance.now() - leftAt < LEAVE_EVERY_MS) return false;
    leftAt = performance.now();
    logger.warn({ store: 'redis' }, 'Redis takes no writes, as a replica does: connecting anew');
    return true;
  };
}

/** Resolves when the connection is ready for commands. @throws when `timeoutMs` is over first. */
export async function untilReady(redis: Redis, timeoutMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  const ready = new Promise<void>((resolve) => void redis.once('ready', resolve));
  await inRedisTime(ready, timeoutMs);
}

/** Gives what `work` gives where Redis answers in time (500 ms). The work itself goes on. @throws when it does not. */
export function inRedisTime<T>(work: Promise<T>, limitMs = REDIS_TIMEOUT_MS): Promise<T> {
  return inTime(work, limitMs, () => new Error(`Redis did not answer within ${limitMs} ms`));
}

/** Redis's clock in milliseconds since 1970. @throws when Redis is away. */
export async function readRedisNow(redis: Redis): Promise<number> {
  const [seconds, microseconds] = await redis.time();
  return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
}

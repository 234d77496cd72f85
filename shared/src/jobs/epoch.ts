import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';

/** The key that holds the epoch. */
export function toEpochKey(prefix: string): string {
  return `${prefix}:epoch`;
}

/**
 * The epoch of Redis's contents: a random key that a wiped Redis no longer has. Every enqueued job carries the
 * epoch it was enqueued in, so what a wipe lost is found by one indexed query.
 */
export async function readEpoch(redis: Redis, prefix: string): Promise<string> {
  const key = toEpochKey(prefix);
  const known = await redis.get(key);
  if (known !== null) return known;
  await redis.set(key, randomUUID(), 'NX');
  return (await redis.get(key)) ?? readEpoch(redis, prefix);
}

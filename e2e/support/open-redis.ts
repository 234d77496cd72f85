import type { Redis } from '../../shared/src/runtime/redis.ts';
import { createLogger } from '../../shared/src/runtime/logger.ts';
import { connectRedis, untilReady, type RedisMode } from '../../shared/src/runtime/redis.ts';

/** A connection of the test's own, which logs nothing. @throws where Redis does not answer within 5 s */
export async function openRedis(url: string, mode: RedisMode = 'fail-fast'): Promise<Redis> {
  const redis = connectRedis({ url, mode, logger: createLogger({ role: 'test', level: 'silent' }) });
  await untilReady(redis, 5_000);
  return redis;
}

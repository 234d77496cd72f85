import { createLogger } from '../runtime/logger.ts';
import { connectRedis, untilReady, type Redis, type RedisMode } from '../runtime/redis.ts';

/** A connection of the test's own, which logs nothing. @throws where Redis does not answer within 5 s */
export async function openRedis(url: string, mode: RedisMode = 'fail-fast'): Promise<Redis> {
  const redis = connectRedis({ url, mode, logger: createLogger({ role: 'test', level: 'silent' }) });
  try {
    await untilReady(redis, 5_000);
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return redis;
}

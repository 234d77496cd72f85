import { connectStore } from '../store/connect.ts';
import { logOutages } from '../store/log-outages.ts';
import type { Logger } from './logger.ts';
import { connectRedis } from './redis.ts';
import { createStoreLatency } from './store-latency.ts';

interface OpenStoresOptions {
  config: { MONGODB_URI: string; REDIS_URL: string };
  logger: Logger;
  /** What Redis's `CLIENT LIST` is to show this process by. */
  name?: string;
}

/**
 * Opens the ledger, and Redis for what is asked at once, both timed. Redis may be away.
 * @throws when the ledger cannot be reached
 */
export async function openStores({ config, logger, name }: OpenStoresOptions) {
  const latency = createStoreLatency();
  const { mongodb, redis: ofRedis } = latency.observe;
  const store = await connectStore({ mongodbUri: config.MONGODB_URI, onOperation: mongodb });
  logOutages(store, logger);
  const redis = connectRedis({
    url: config.REDIS_URL,
    mode: 'fail-fast',
    logger,
    ...(name && { name }),
    onOperation: ofRedis,
  });
  return { latency, store, redis };
}

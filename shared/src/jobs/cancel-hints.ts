import type { Redis } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import { createRedisSubscriber } from '../runtime/redis-subscriber.ts';

const toChannel = (prefix: string) => `${prefix}:cancelled`;

/** Hints to every worker that these jobs were cancelled, for which the ledger alone is the proof. @throws when Redis is away. */
export async function hintCancelled(redis: Redis, prefix: string, jobIds: readonly string[]): Promise<void> {
  await redis.publish(toChannel(prefix), JSON.stringify(jobIds));
}

/**
 * Listens for hints over a connection of its own. They may be lost, which the renewal of leases makes good, and
 * may come late, when a job is already another's: `onCancelled` has to look into the ledger.
 */
export function createCancelListener(options: {
  redis: Redis;
  prefix: string;
  logger: Logger;
  onCancelled: (jobIds: string[]) => Promise<void>;
}): Service {
  const { redis, prefix, logger, onCancelled } = options;
  return createRedisSubscriber({
    redis,
    channel: toChannel(prefix),
    onMessage(message) {
      onCancelled(JSON.parse(message) as string[]).catch((err: unknown) =>
        logger.debug({ err }, 'a hint could not be followed'),
      );
    },
    logger,
  });
}

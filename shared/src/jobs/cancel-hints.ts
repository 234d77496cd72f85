import type { Redis } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';

const toChannel = (prefix: string) => `${prefix}:cancelled`;

/** Hints to every worker that these jobs were cancelled, for which the ledger alone is the proof. @throws when Redis is away. */
export async function hintCancelled(redis: Redis, prefix: string, jobIds: readonly string[]): Promise<void> {
  await redis.publish(toChannel(prefix), JSON.stringify(jobIds));
}

/**
 * Listens for hints over a connection of its own. They may be lost, and may come late, when a job is already another's:
 * `onCancelled` has to look into the ledger.
 */
export function createCancelListener(options: {
  redis: Redis;
  prefix: string;
  logger: Logger;
  onCancelled: (jobIds: string[]) => Promise<void>;
}): Service {
  const { redis, prefix, logger, onCancelled } = options;
  let subscriber: Redis | null = null;
  return {
    async start() {
      if (subscriber) return;
      subscriber = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
      subscriber.on('error', () => {});
      subscriber.on('message', (_channel, message: string) => {
        onCancelled(JSON.parse(message) as string[]).catch((err: unknown) =>
          logger.debug({ err }, 'a hint could not be followed'),
        );
      });
      // With every connection; what was missed until then the renewal of leases notices.
      subscriber.on('ready', () => {
        subscriber
          ?.subscribe(toChannel(prefix))
          .catch((err: unknown) => logger.debug({ err }, 'not subscribed to cancels'));
      });
    },
    async stop() {
      subscriber?.disconnect();
      subscriber = null;
    },
  };
}

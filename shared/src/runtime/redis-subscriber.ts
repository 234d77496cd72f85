import type { Redis } from 'ioredis';
import type { Service } from './lifecycle.ts';
import type { Logger } from './logger.ts';

interface SubscriberOptions {
  redis: Redis;
  channel: string;
  onMessage: (message: string) => void;
  logger: Logger;
}

/** A connection that only listens would not notice that the other side is gone: it has to ask now and then. */
const PING_EVERY_MS = 5_000;

/** ioredis would subscribe again by itself after a lost connection, and tell nobody where that fails. */
const OPTIONS = { autoResubscribe: false, maxRetriesPerRequest: null } as const;

/** Listens to a channel over a connection of its own. What is published while that is lost is missed. */
export function createRedisSubscriber({ redis, channel, onMessage, logger }: SubscriberOptions): Service {
  let subscriber: Redis | null = null;
  let pinging: NodeJS.Timeout | null = null;
  return {
    async start() {
      if (subscriber) return;
      const connection = redis.duplicate(OPTIONS);
      subscriber = connection;
      const logInterruption = (err: unknown) =>
        logger.debug({ err, channel }, 'the subscription is interrupted');
      connection.on('error', logInterruption);
      connection.on('message', (_channel, message: string) => onMessage(message));
      connection.on('ready', () => void connection.subscribe(channel).catch(logInterruption));
      pinging = setInterval(() => {
        if (connection.status === 'ready') connection.ping().catch(logInterruption);
      }, PING_EVERY_MS);
    },
    async stop() {
      if (pinging) clearInterval(pinging);
      subscriber?.disconnect();
      subscriber = null;
    },
  };
}

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
const PING_MS = 5_000;

/** Listens to a channel over a connection of its own. What is published while that is lost is missed. */
export function createSubscriber({ redis, channel, onMessage, logger }: SubscriberOptions): Service {
  let subscriber: Redis | null = null;
  let pinging: NodeJS.Timeout | null = null;
  return {
    async start() {
      if (subscriber) return;
      const connection = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
      subscriber = connection;
      const note = (err: unknown) => logger.debug({ err, channel }, 'the subscription is interrupted');
      connection.on('error', note);
      connection.on('message', (_channel, message: string) => onMessage(message));
      // With every connection.
      connection.on('ready', () => void connection.subscribe(channel).catch(note));
      pinging = setInterval(() => void connection.ping().catch(note), PING_MS);
    },
    async stop() {
      if (pinging) clearInterval(pinging);
      subscriber?.disconnect();
      subscriber = null;
    },
  };
}

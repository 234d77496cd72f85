import type { Redis } from 'ioredis';
import { MAX_EVENTS, toStreamKey, type AppEvent } from './events.ts';

/** An event, and the id of the announcement that it makes good; null where nobody repeats it. */
export interface OnceEvent {
  event: AppEvent;
  announcementId: string | null;
}

/** How long what was told is known after the last telling. */
const KNOWN_SECONDS = 86_400;

/** What was told is looked up by its id, however long the stream is: Redis does nothing else meanwhile. */
const PUBLISH = `
local now = redis.call('TIME')[1]
for index = 3, #ARGV, 2 do
  local json, id = ARGV[index], ARGV[index + 1]
  if id == '' or redis.call('ZADD', KEYS[2], 'NX', now, id) == 1 then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'event', json)
  end
end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[2])`;

interface Commands {
  publishOnce(...args: (string | number)[]): Promise<null>;
}

export interface OncePublisher {
  /**
   * Appends to the stream those events whose announcements are not among the last 50,000 that were told: each is there
   * once, however often and by whomever it is published. @throws when Redis is away; they may be in the stream all the
   * same, or later.
   */
  publish(events: readonly OnceEvent[]): Promise<void>;
}

/**
 * Publishes events so that one announcement is one event, although whoever published it may die before it can note
 * that it did, and a frozen process may publish it much later than the one that stood in.
 */
export function createOncePublisher(redis: Redis, prefix: string): OncePublisher {
  const keys = [toStreamKey(prefix), `${prefix}:events:told`];
  redis.defineCommand('publishOnce', { numberOfKeys: keys.length, lua: PUBLISH });
  const commands = redis as unknown as Commands;
  return {
    async publish(events) {
      if (events.length === 0) return;
      await commands.publishOnce(...keys, MAX_EVENTS, KNOWN_SECONDS, ...events.flatMap(toArguments));
    },
  };
}

function toArguments({ event, announcementId }: OnceEvent): string[] {
  return [JSON.stringify(event), announcementId ?? ''];
}

import type { Redis } from 'ioredis';
import { MAX_EVENTS, toStreamKey, type AppEvent } from './events.ts';

/** An event, and the id of the announcement that it makes good; null where nobody repeats it. */
export interface OnceEvent {
  event: AppEvent;
  announcementId: string | null;
}

/** By how much the ledger's clock may be ahead of Redis's. */
const SKEW_MS = 60_000;

const APPEND = `
local function append(json, id)
  if id == '' then redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'event', json)
  else redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'event', json, 'announcement', id) end
end`;

/** What was repeated meanwhile is left out: whoever was to tell it first was late. */
const FIRST = `${APPEND}
for index = 2, #ARGV, 2 do
  local json, id = ARGV[index], ARGV[index + 1]
  if id == '' or not redis.call('ZSCORE', KEYS[2], id) then append(json, id) end
end`;

/** What is in the stream already is left out, and so is what was repeated before. */
const REPEAT = `${APPEND}
local told = {}
for _, entry in ipairs(redis.call('XRANGE', KEYS[1], ARGV[2], '+')) do
  if entry[2][4] then told[entry[2][4]] = true end
end
local now = redis.call('TIME')[1]
for index = 3, #ARGV, 2 do
  local json, id = ARGV[index], ARGV[index + 1]
  if not told[id] and redis.call('ZADD', KEYS[2], 'NX', now, id) == 1 then append(json, id) end
end
redis.call('ZREMRANGEBYRANK', KEYS[2], 0, -1 - ARGV[1])`;

interface Commands {
  publishFirst(...args: (string | number)[]): Promise<null>;
  publishRepeat(...args: (string | number)[]): Promise<null>;
}

export interface OncePublisher {
  /** Appends events to the stream. @throws when Redis is away; they may be in the stream all the same, or later. */
  publish(events: readonly OnceEvent[]): Promise<void>;
  /**
   * Appends those that the stream does not have, of announcements made at `since` or later: each is there once,
   * however often and by whomever it is published. @throws when Redis is away.
   */
  repeat(events: readonly OnceEvent[], since: Date): Promise<void>;
}

/**
 * Publishes events so that one announcement is one event, although whoever published it may die before it can note
 * that it did, and a frozen process may publish it much later than the one that stood in.
 */
export function createOncePublisher(redis: Redis, prefix: string): OncePublisher {
  const keys = [toStreamKey(prefix), `${prefix}:events:repeated`];
  redis.defineCommand('publishFirst', { numberOfKeys: keys.length, lua: FIRST });
  redis.defineCommand('publishRepeat', { numberOfKeys: keys.length, lua: REPEAT });
  const commands = redis as unknown as Commands;
  return {
    async publish(events) {
      if (events.length > 0) await commands.publishFirst(...keys, MAX_EVENTS, ...events.flatMap(toArguments));
    },
    async repeat(events, since) {
      if (events.length === 0) return;
      const from = Math.max(0, since.getTime() - SKEW_MS);
      await commands.publishRepeat(...keys, MAX_EVENTS, from, ...events.flatMap(toArguments));
    },
  };
}

function toArguments({ event, announcementId }: OnceEvent): string[] {
  return [JSON.stringify(event), announcementId ?? ''];
}

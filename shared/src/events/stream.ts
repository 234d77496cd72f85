import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { toEpochKey } from '../jobs/epoch.ts';
import type { EventPosition } from './position.ts';
import { MAX_EVENTS, toStreamKey, type AppEvent } from './events.ts';

/** An event and where it stands in the stream. */
export interface EventEntry {
  event: AppEvent;
  position: EventPosition;
}

/** What the stream has behind a position. */
export type EventPage =
  | { kind: 'events'; entries: EventEntry[] }
  /** What came after the position is no longer known, in whole or in part; `latest` is where the stream stands. */
  | { kind: 'lost'; latest: EventPosition };

/**
 * Position, loss and entries are of one moment. As long as the stream is shorter than its bound nothing of it was ever
 * trimmed, so every position of its epoch is good; else those that are not older than its first entry.
 */
const READ = `
local stream, epochKey = KEYS[1], KEYS[2]
local freshEpoch, id, tag, count, maxEvents = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local epoch = redis.call('GET', epochKey)
if not epoch then
  epoch = freshEpoch
  redis.call('SET', epochKey, epoch)
end
epoch = string.sub(epoch, 1, 8)
local function firstOf(entries) return entries[1] and entries[1][1] or '0-0' end
local latest = firstOf(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1))
if id == '' then return { epoch, latest, 0, {} } end
local function split(entryId)
  local ms, number = string.match(entryId, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(number)
end
local function isAfter(one, other)
  local ms, number = split(one)
  local otherMs, otherNumber = split(other)
  return ms > otherMs or (ms == otherMs and number > otherNumber)
end
local isTrimmed = redis.call('XLEN', stream) >= maxEvents
  and isAfter(firstOf(redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)), id)
if epoch ~= tag or isAfter(id, latest) or isTrimmed then return { epoch, latest, 0, {} } end
return { epoch, latest, 1, redis.call('XRANGE', stream, '(' .. id, '+', 'COUNT', count) }`;

type ReadAnswer = [epoch: string, latest: string, isKnown: 0 | 1, entries: [id: string, fields: string[]][]];

/** Where the stream stands: behind its latest event. @throws when Redis is away. */
export async function readLatestPosition(redis: Redis, prefix: string): Promise<EventPosition> {
  const [epoch, id] = await read(redis, prefix, { id: '', epoch: '' }, 0);
  return { epoch, id };
}

/**
 * At most `limit` events behind a position, oldest first, or that they are no longer all known: the position is of
 * another epoch, older than the stream, or ahead of it. @throws when Redis is away.
 */
export async function readEventsBehind(
  redis: Redis,
  prefix: string,
  position: EventPosition,
  limit: number,
): Promise<EventPage> {
  const [epoch, latest, isKnown, entries] = await read(redis, prefix, position, limit);
  if (isKnown === 0) return { kind: 'lost', latest: { epoch, id: latest } };
  return {
    kind: 'events',
    entries: entries.map(([id, fields]) => ({
      event: JSON.parse(fields[1] ?? '{}') as AppEvent,
      position: { epoch, id },
    })),
  };
}

async function read(redis: Redis, prefix: string, { id, epoch }: EventPosition, limit: number) {
  const keys = [toStreamKey(prefix), toEpochKey(prefix)];
  const input = [randomUUID(), id, epoch, limit, MAX_EVENTS];
  return (await redis.eval(READ, keys.length, ...keys, ...input)) as ReadAnswer;
}

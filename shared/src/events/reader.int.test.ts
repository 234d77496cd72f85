import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectRedis } from '../runtime/redis.ts';
import { eventually } from '../testing/eventually.ts';
import { createRedisBed, type RedisBed } from '../testing/test-bed.ts';
import { createEventReader } from './reader.ts';
import type { EventPosition } from './position.ts';
import { readEventsBehind, readLatestPosition } from './stream.ts';
import { MAX_EVENTS, publishEvents, toStreamKey } from './events.ts';

let bed: RedisBed;
beforeEach(async () => {
  bed = await createRedisBed();
});
afterEach(() => bed.close());

const toEvent = (id: string) => ({ type: 'interactive.finished', id }) as const;
const publish = (...ids: string[]) => publishEvents(bed.redis, bed.prefix, ids.map(toEvent));
const latest = () => readLatestPosition(bed.redis, bed.prefix);
const behind = (position: EventPosition, limit = 100) =>
  readEventsBehind(bed.redis, bed.prefix, position, limit);
/** The stream without its epoch, as a wipe leaves it. */
const wipe = () => bed.redis.del(toStreamKey(bed.prefix), `${bed.prefix}:epoch`);

async function startReader(url = bed.redisUrl) {
  const seen: string[] = [];
  const starts: EventPosition[] = [];
  const redis = connectRedis({ url, mode: 'blocking', logger: bed.logger });
  const reader = createEventReader({
    ...bed,
    redis,
    onEvents: (entries) => seen.push(...entries.map(({ event }) => ('id' in event ? event.id : ''))),
    onStart: (position) => starts.push(position),
  });
  await reader.start();
  return { reader, redis, seen, starts };
}

it('hands on every event from its start, in order', async () => {
  await publish('before');
  const { reader, seen, starts } = await startReader();
  await eventually(() => starts.length === 1);
  await publish('first');
  await publish('second', 'third');
  await eventually(() => expect(seen).toEqual(['first', 'second', 'third']));
  await reader.stop();
  await reader.stop();
  expect(starts).toHaveLength(1);
});

it('goes on without a gap over more events than it reads at once, and over a lost connection', async () => {
  const { reader, redis, seen, starts } = await startReader();
  await eventually(() => starts.length === 1);
  const ids = Array.from({ length: 1_200 }, (_, index) => String(index));
  await publish(...ids.slice(0, 600));
  redis.disconnect(true);
  await publish(...ids.slice(600));
  await eventually(() => expect(seen).toHaveLength(ids.length));
  expect(seen).toEqual(ids);
  expect(starts).toHaveLength(1);
  await reader.stop();
});

it('reads what follows a crowd together, without waiting to be woken', async () => {
  const { reader, redis, seen } = await startReader();
  await publish('one');
  await eventually(() => expect(seen).toEqual(['one']));
  const [reads, wakes] = [vi.spyOn(redis, 'eval'), vi.spyOn(redis, 'xread')];
  await publish('a', 'b', 'c', 'd');
  await eventually(() => wakes.mock.calls.length === 1);
  expect(seen).toEqual(['one', 'a', 'b', 'c', 'd']);
  expect(reads).toHaveBeenCalledTimes(2);
  await reader.stop();
});

it('starts anew within a moment after Redis was wiped, though nothing is told', async () => {
  const { reader, starts } = await startReader();
  await publish('lost');
  await eventually(() => starts.length === 1);
  await wipe();
  await eventually(() => expect(starts).toHaveLength(2));
  expect(starts[1]?.epoch).not.toBe(starts[0]?.epoch);
  await reader.stop();
});

it('stops reading although Redis is away', async () => {
  const { reader, redis } = await startReader('redis://127.0.0.1:1');
  await eventually(() => redis.status === 'reconnecting');
  await expect(reader.stop()).resolves.toBeUndefined();
});

it('tells what came behind a position, page by page', async () => {
  const start = await latest();
  expect(start.id).toBe('0-0');
  await publish('a', 'b', 'c');
  const first = await behind(start, 2);
  expect(first.kind === 'events' && first.entries.map(({ event }) => event)).toEqual([
    toEvent('a'),
    toEvent('b'),
  ]);
  const last = first.kind === 'events' ? first.entries.at(-1)?.position : undefined;
  const second = await behind(last!, 2);
  expect(second.kind === 'events' && second.entries.map(({ event }) => event)).toEqual([toEvent('c')]);
  expect(await behind(await latest())).toEqual({ kind: 'events', entries: [] });
});

it('says that a position is lost that is of another epoch, ahead of the stream, or of a stream that is gone', async () => {
  await publish('a');
  const known = await latest();
  expect(await behind({ ...known, epoch: '00000000' })).toEqual({ kind: 'lost', latest: known });
  expect(await behind({ ...known, id: '999999999999999-0' })).toEqual({ kind: 'lost', latest: known });
  await bed.redis.del(toStreamKey(bed.prefix));
  expect(await behind(known)).toMatchObject({ kind: 'lost' });
  await wipe();
  await publish('b');
  const now = await latest();
  expect(await behind(known)).toEqual({ kind: 'lost', latest: now });
});

it('says that a position is lost once what came behind it is trimmed', async () => {
  const key = toStreamKey(bed.prefix);
  const start = await latest();
  await publish('a', 'b');
  const [[first] = ['']] = await bed.redis.xrange(key, '-', '+', 'COUNT', 1);
  const { epoch } = start;
  for (let filled = 0; filled < MAX_EVENTS + 2_000; filled += 2_000) {
    await publish(...Array.from({ length: 2_000 }, (_, index) => String(filled + index)));
  }
  expect(await bed.redis.xlen(key)).toBeGreaterThanOrEqual(MAX_EVENTS);
  const [[oldest] = ['']] = await bed.redis.xrange(key, '-', '+', 'COUNT', 1);
  expect(await behind(start)).toMatchObject({ kind: 'lost' });
  expect(await behind({ epoch, id: first })).toMatchObject({ kind: 'lost' });
  expect(await behind({ epoch, id: oldest }, 1)).toMatchObject({ kind: 'events', entries: [{}] });
});

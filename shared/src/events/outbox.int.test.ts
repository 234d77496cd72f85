import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectRedis } from '../runtime/redis.ts';
import { createRedisBed, type RedisBed } from '../testing/test-bed.ts';
import { createEventOutbox } from './outbox.ts';
import { toStreamKey } from './events.ts';

let bed: RedisBed;
beforeAll(async () => {
  bed = await createRedisBed();
});
afterAll(() => bed.close());

const toEvent = (id: string) => ({ type: 'interactive.finished', id }) as const;

it('tells everything in order', async () => {
  const outbox = createEventOutbox(bed);
  const ids = Array.from({ length: 1_200 }, (_, index) => String(index));
  for (const id of ids) outbox.tell(toEvent(id));
  await outbox.flush();
  const entries = await bed.redis.xrange(toStreamKey(bed.prefix), '-', '+');
  expect(entries.map(([, fields]) => JSON.parse(fields[1] ?? '').id)).toEqual(ids);
});

it('lets events go while Redis is away, and lays up no more than it may', async () => {
  const redis = connectRedis({ url: 'redis://127.0.0.1:1', mode: 'fail-fast', logger: bed.logger });
  const outbox = createEventOutbox({ ...bed, redis });
  for (let index = 0; index < 10_000; index += 1) outbox.tell(toEvent(String(index)));
  await expect(outbox.flush()).resolves.toBeUndefined();
  redis.disconnect();
});

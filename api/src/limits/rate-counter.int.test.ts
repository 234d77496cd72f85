import type { Redis } from '@understudy/shared/runtime/redis';
import { openRedis } from '@understudy/shared/testing/open-redis';
import { startStoppableProxy, type StoppableProxy } from '@understudy/shared/testing/stoppable-proxy';
import { toProxiedUri } from '@understudy/shared/testing/tcp-proxy';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRateCounter } from './rate-counter.ts';

let bed: RedisBed;
let proxy: StoppableProxy;
let behindProxy: Redis;
let now = 0;
const clock = { monotonic: () => now };

beforeEach(async () => {
  now = 0;
  bed = await createRedisBed();
  proxy = await startStoppableProxy(new URL(bed.redisUrl).host);
  behindProxy = await openRedis(toProxiedUri(bed.redisUrl, proxy));
});
afterEach(async () => {
  proxy.thaw();
  behindProxy.disconnect();
  await proxy.close();
  await bed.close();
});

const create = (redis: RedisBed['redis']) => createRateCounter({ redis, prefix: bed.prefix, clock });

it('counts one key for all processes, in a window of a minute by the clock of Redis', async () => {
  const [one, other] = [create(bed.redis), create(behindProxy)];
  const counts = await Promise.all(
    Array.from({ length: 40 }, (_, index) => (index % 2 ? one : other).add('a', 1)),
  );
  expect(counts.map(({ used }) => used).toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 40 }, (_, index) => index + 1),
  );
  for (const { resetMs } of counts) expect(resetMs).toBeLessThanOrEqual(60_000);
  expect((await one.add('a', -10)).used).toBe(30);
  expect((await one.add('b', 1)).used).toBe(1);
  // The window is over, whatever the time of this process.
  await bed.redis.pexpire(`${bed.prefix}:rate:a`, 0);
  now += 1_000_000;
  expect((await other.add('a', 1)).used).toBe(1);
});

it.each(['cut', 'freeze'] as const)('goes by its own counts where Redis is away (%s)', async (way) => {
  const [counter, other] = [create(behindProxy), create(bed.redis)];
  await other.add('a', 7);
  expect((await counter.add('a', 2)).used).toBe(9);
  proxy[way]();
  expect(await counter.add('a', 1)).toEqual({ used: 3, resetMs: 60_000 });
  now += 59_999;
  expect((await counter.add('a', 1)).used).toBe(4);
  now += 1;
  expect((await counter.add('a', 1)).used).toBe(1);
});

it('leaves a Redis that did not answer alone for a while, then goes on where the fleet is', async () => {
  const [counter, other] = [create(behindProxy), create(bed.redis)];
  await other.add('a', 7);
  proxy.freeze();
  expect((await counter.add('a', 1)).used).toBe(1);
  proxy.thaw();
  now += 4_999;
  expect((await counter.add('a', 1)).used).toBe(2);
  now += 1;
  expect((await counter.add('a', 1)).used).toBeGreaterThanOrEqual(8);
});

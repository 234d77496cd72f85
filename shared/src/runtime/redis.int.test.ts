import type { Writable } from 'node:stream';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { freePort } from '../embedded/free-port.ts';
import { startRedis } from '../embedded/stores/redis.ts';
import { eventually } from '../testing/eventually.ts';
import { openGuardedFolder } from '../testing/guarded-folder.ts';
import { startStoppableProxy, type StoppableProxy } from '../testing/stoppable-proxy.ts';
import { requireBinary } from '../testing/stores.ts';
import { toProxiedUri } from '../testing/tcp-proxy.ts';
import { createRedisBed, type RedisBed } from '../testing/test-bed.ts';
import { connectRedis, untilReady, type RedisMode } from './redis.ts';

let bed: RedisBed;
let proxy: StoppableProxy;
let url: string;
beforeAll(async () => {
  bed = await createRedisBed();
  proxy = await startStoppableProxy(new URL(bed.redisUrl).host);
  url = toProxiedUri(bed.redisUrl, proxy);
});
afterAll(async () => {
  await proxy.close();
  await bed.close();
});

/** A server that a test may do with as it likes. */
async function startOwnRedis() {
  const { folder, guardian, dispose } = await openGuardedFolder('understudy-redis-');
  onTestFinished(dispose);
  const binary = requireBinary('redis-server', process.env);
  return startRedis({ binary, folder, port: await freePort(), password: 'a-password', guardian });
}

async function connect(mode: RedisMode): Promise<Redis> {
  const redis = connectRedis({ url, mode, logger: bed.logger });
  onTestFinished(() => redis.disconnect());
  await untilReady(redis, 5_000);
  return redis;
}

it('sends the commands of one turn in one write, in order, and a lone one at once', async () => {
  const redis = await connect('fail-fast');
  const socket: Required<Pick<Writable, '_write' | '_writev'>> = redis.stream as never;
  const [single, joined] = [vi.spyOn(socket, '_write'), vi.spyOn(socket, '_writev')];
  const key = `${bed.prefix}:turn`;
  const numbers = Array.from({ length: 50 }, (_, index) => index + 1);
  expect(await Promise.all(numbers.map(() => redis.incr(key)))).toEqual(numbers);
  expect([single.mock.calls.length, joined.mock.calls.length]).toEqual([0, 1]);
  expect(await redis.get(key)).toBe('50');
  expect([single.mock.calls.length, joined.mock.calls.length]).toEqual([1, 1]);
});

// Without a limit of their own these would wait for TCP to give up: a quarter of an hour, or for ever.
it('leaves a connection that leads nowhere, and says an error until then', async () => {
  const redis = await connect('fail-fast');
  proxy.swallow();
  await expect(redis.ping()).rejects.toThrow();
  await eventually(async () => (await redis.ping()) === 'PONG', { timeoutMs: 60_000 });
});

it.each(['fail-fast', 'blocking'] as const)(
  'looks for the primary anew where the one it knew is none any more (%s)',
  async (mode) => {
    const { uri } = await startOwnRedis();
    const redis = connectRedis({ url: uri, mode, logger: bed.logger });
    onTestFinished(() => redis.disconnect());
    await untilReady(redis, 5_000);
    const known = await redis.client('ID');
    await redis.replicaof('127.0.0.1', 1);
    await expect(redis.set('key', 'value')).rejects.toThrow('READONLY');
    const readId = () => redis.client('ID').catch(() => known);
    await eventually(async () => (await readId()) !== known);
  },
);

it('waits on over a new connection for what it was blocked by', async () => {
  const redis = await connect('blocking');
  const list = `${bed.prefix}:list`;
  const taken = redis.brpop(list, 0);
  proxy.swallow();
  await bed.redis.lpush(list, 'one');
  expect(await taken).toEqual([list, 'one']);
});

import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { startStoppableProxy } from '../testing/stoppable-proxy.ts';
import { toProxiedUri } from '../testing/tcp-proxy.ts';
import { createRedisBed } from '../testing/test-bed.ts';
import { createRedisSubscriber } from './redis-subscriber.ts';
import { connectRedis } from './redis.ts';

it('hears again what is published after its connection led nowhere', async () => {
  const bed = await createRedisBed();
  onTestFinished(() => bed.close());
  const proxy = await startStoppableProxy(new URL(bed.redisUrl).host);
  onTestFinished(() => proxy.close());
  const { logger } = bed;
  const redis = connectRedis({ url: toProxiedUri(bed.redisUrl, proxy), mode: 'fail-fast', logger });
  onTestFinished(() => redis.disconnect());
  const channel = `${bed.prefix}:channel`;
  const heard = new Set<string>();
  const subscriber = createRedisSubscriber({
    redis,
    channel,
    onMessage: (message) => heard.add(message),
    logger,
  });
  await subscriber.start();
  onTestFinished(() => subscriber.stop());
  const hears = async (message: string) => {
    await bed.redis.publish(channel, message);
    return heard.has(message);
  };

  await eventually(() => hears('before'), { timeoutMs: 60_000 });
  proxy.swallow();
  await eventually(() => hears('after'), { timeoutMs: 60_000 });
  expect(heard).toEqual(new Set(['before', 'after']));
});

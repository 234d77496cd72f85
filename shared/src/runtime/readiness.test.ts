import { expect, it } from 'vitest';
import { createMetricsRegistry } from './metrics-registry.ts';
import { readStores } from './readiness.ts';
import { createStoreLatency } from './store-latency.ts';

const hang = () => new Promise(() => {});
const answer = () => Promise.resolve('PONG');
const refuse = () => Promise.reject(new Error('ECONNREFUSED'));

it('takes a store for away that refuses, or that does not answer', async () => {
  expect(await readStores({ mongodb: hang, redis: answer })).toEqual({ mongodb: 'down', redis: 'up' });
  expect(await readStores({ mongodb: answer, redis: refuse })).toEqual({ mongodb: 'up', redis: 'down' });
});

it('tells a scrape of a store that hangs, and of the other one', async () => {
  const registry = createMetricsRegistry({
    role: 'worker',
    stores: () => readStores({ mongodb: hang, redis: answer }),
    latency: createStoreLatency(),
  });
  const text = await registry.metrics();
  expect(text).toContain('understudy_store_up{store="mongodb"} 0');
  expect(text).toContain('understudy_store_up{store="redis"} 1');
});

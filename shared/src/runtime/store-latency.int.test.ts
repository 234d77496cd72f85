import { Registry } from 'prom-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectStore } from '../store/connect.ts';
import { createLedger } from '../store/ledger.ts';
import { buildJob } from '../testing/builders.ts';
import { readSample } from '../testing/operations/read-sample.ts';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { createMetricsRegistry } from './metrics-registry.ts';
import { connectRedis, untilReady } from './redis.ts';
import { createStoreLatency } from './store-latency.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

function setup() {
  const latency = createStoreLatency();
  const registry = new Registry();
  for (const metric of latency.metrics) registry.registerMetric(metric);
  const read = async (name: string, store: string, operation: string) =>
    readSample(await registry.metrics(), `understudy_store_operation_${name}`, { store, operation });
  return {
    latency,
    count: (store: string, operation: string) => read('duration_seconds_count', store, operation),
    failures: (store: string, operation: string) => read('failures_total', store, operation),
  };
}

it('times the writes of jobs and pings of MongoDB, well or not', async () => {
  const { latency, count, failures } = setup();
  const store = await connectStore({ mongodbUri: bed.mongodbUri, onOperation: latency.observe.mongodb });
  const ledger = createLedger(store);
  await Promise.all([ledger.insertJob(buildJob()), ledger.insertJob(buildJob()), store.ping()]);
  expect([await count('mongodb', 'insert_job'), await count('mongodb', 'ping')]).toEqual([2, 1]);
  expect(await failures('mongodb', 'insert_job')).toBeNull();
  await store.close();
  await expect(ledger.insertJob(buildJob())).rejects.toThrow();
  expect([await count('mongodb', 'insert_job'), await failures('mongodb', 'insert_job')]).toEqual([3, 1]);
});

it('times the commands of a Redis connection by what they do, well or not', async () => {
  const { latency, count, failures } = setup();
  const { redisUrl: url, logger, prefix } = bed;
  const redis = connectRedis({ url, mode: 'fail-fast', logger, onOperation: latency.observe.redis });
  await untilReady(redis, 3_000);
  await redis.set(`${prefix}:x`, '1');
  await redis.get(`${prefix}:x`);
  await redis.multi().get(`${prefix}:x`).hget(`${prefix}:none`, 'y').exec();
  await redis.eval('return 1', 0);
  await expect(redis.hget(`${prefix}:x`, 'y')).rejects.toThrow(/WRONGTYPE/);
  redis.disconnect();
  expect(await count('redis', 'script')).toBe(1);
  expect(await count('redis', 'read')).toBe(4);
  expect(await failures('redis', 'read')).toBe(1);
  expect(await failures('redis', 'script')).toBeNull();
});

it('gives whoever scrapes while somebody else does the same reading', async () => {
  let readings = 0;
  const stores = async () => {
    readings += 1;
    return { mongodb: 'up', redis: 'up' } as const;
  };
  const registry = createMetricsRegistry({ role: 'worker', stores, latency: createStoreLatency() });
  await Promise.all([registry.metrics(), registry.metrics(), registry.metrics()]);
  expect(readings).toBe(1);
  await registry.metrics();
  expect(readings).toBe(2);
});

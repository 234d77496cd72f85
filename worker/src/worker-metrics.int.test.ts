import { createMetricsRegistry } from '@understudy/shared/runtime/metrics-registry';
import { toCircuitKey } from '@understudy/shared/runtime/circuits';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addWorkerMetrics } from './worker-metrics.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

function setup(redis = bed.redis) {
  const registry = createMetricsRegistry({
    role: 'worker',
    stores: async () => ({ mongodb: 'up', redis: 'down' }),
  });
  const reference = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;
  const pool = { list: () => [{ reference }] as never };
  addWorkerMetrics(registry, { claims: { size: 3 }, concurrency: 32, pool, redis, prefix: bed.prefix });
  return registry;
}

it('says how busy the worker is, which stores answer, and how the circuits stand', async () => {
  await bed.redis.hset(toCircuitKey(bed.prefix, 'prv_1'), { state: 'open', openUntil: '0', openFor: '0' });
  const text = await setup().metrics();
  expect(text).toContain('understudy_worker_active_jobs 3');
  expect(text).toContain('understudy_worker_concurrency_jobs 32');
  expect(text).toContain('understudy_store_up{store="mongodb"} 1');
  expect(text).toContain('understudy_store_up{store="redis"} 0');
  expect(text).toContain('understudy_provider_circuit_state{provider="main",state="open"} 1');
  expect(text).toContain('understudy_provider_circuit_state{provider="main",state="closed"} 0');
});

it('leaves out what cannot be read, and tells the rest', async () => {
  const away = bed.redis.duplicate({ lazyConnect: true });
  away.disconnect();
  const text = await setup(away).metrics();
  expect(text).not.toContain('understudy_provider_circuit_state{');
  expect(text).toContain('understudy_worker_active_jobs 3');
});

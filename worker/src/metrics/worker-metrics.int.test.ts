import { Registry } from 'prom-client';
import { createMetricsRegistry } from '@understudy/shared/runtime/metrics-registry';
import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { createStoreLatency } from '@understudy/shared/runtime/store-latency';
import { describeRegistry, findDifferences } from '@understudy/shared/testing/operations/metrics-page';
import { readSample } from '@understudy/shared/testing/operations/read-sample';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEngineBed } from '../testing/engine-bed.ts';
import { fail } from '../testing/fake-adapter.ts';
import { addWorkerMetrics } from './worker-metrics.ts';
import { createWorkMetrics } from './work-metrics.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

function setup(redis = bed.redis) {
  const registry = createMetricsRegistry({
    role: 'worker',
    stores: async () => ({ mongodb: 'up', redis: 'down' }),
    latency: createStoreLatency(),
  });
  const reference = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;
  const pool = { list: () => [{ reference }] as never };
  const workMetrics = createWorkMetrics(() => [reference.name]);
  const worker = { workMetrics, claims: { size: 3 }, concurrency: 32, pool };
  addWorkerMetrics(registry, { ...worker, redis, prefix: bed.prefix });
  return registry;
}

it('says how busy the worker is, which stores answer, and how the circuits stand', async () => {
  const openUntil = Date.now() + 60_000;
  await bed.redis.hset(toCircuitKey(bed.prefix, 'prv_1'), { state: 'open', openUntil, openFor: 60_000 });
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

it('is as its page says', () => {
  expect(findDifferences('worker', describeRegistry(setup()))).toEqual([]);
});

it('counts what a job went through', async () => {
  const engine = await createEngineBed();
  try {
    const registry = new Registry();
    for (const metric of engine.workMetrics.metrics) registry.registerMetric(metric);
    const first = await engine.addProvider({ name: 'first', priority: 1 });
    await engine.addProvider({ name: 'second', priority: 2 });
    first.will(fail('unauthenticated'));
    const { _id } = await engine.submit();
    await engine.execute(_id);
    await engine.readFailovers(_id);
    const text = await registry.metrics();
    const count = (name: string, labels: Record<string, string>) =>
      readSample(text, `understudy_${name}`, labels);
    expect(count('job_wait_seconds_count', {})).toBe(1);
    expect(count('dispatch_duration_seconds_count', { outcome: 'succeeded' })).toBe(1);
    expect(count('attempts_total', { provider: 'first', fault: 'unauthenticated' })).toBe(1);
    expect(count('attempts_total', { provider: 'second', outcome: 'succeeded' })).toBe(1);
    const failover = { provider: 'first', fault: 'unauthenticated', outcome: 'switched' };
    expect(count('failovers_total', failover)).toBe(1);
  } finally {
    await engine.close();
  }
});

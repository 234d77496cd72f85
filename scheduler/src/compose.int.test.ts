import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Scope } from '@understudy/shared/contracts/scope';
import { JOBS } from '@understudy/shared/jobs/catalog';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { freePort } from '@understudy/shared/embedded/free-port';
import { insertToken } from '@understudy/shared/store/tokens/tokens';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import { changeDispatchConfig } from '@understudy/shared/testing/change-dispatch-config';
import { eventually } from '@understudy/shared/testing/eventually';
import { describeScrape, findDifferences } from '@understudy/shared/testing/operations/metrics-page';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { compose, type Scheduler, type SchedulerOverrides } from './compose.ts';
import { loadConfig } from './config.ts';

/** One schedule for each task of upkeep that the catalogue has. */
const UPKEEP_TASKS = Object.keys(JOBS).filter((name) => name.startsWith('upkeep.')).length;

let bed: TestBed;
let producer: Producer;
let scheduler: Scheduler | undefined;
let metricsPort: number;

async function start(env: Record<string, string> = {}, overrides: SchedulerOverrides = {}) {
  metricsPort = await freePort();
  const config = loadConfig({
    MONGODB_URI: bed.mongodbUri,
    REDIS_URL: bed.redisUrl,
    METRICS_PORT: String(metricsPort),
    ...env,
  });
  scheduler = await compose(config, { logger: bed.logger, prefix: bed.prefix, ...overrides });
  for (const service of scheduler.services) await service.start();
  return scheduler;
}
const probe = async (path: string) => {
  const response = await fetch(`http://127.0.0.1:${metricsPort}${path}`);
  return { status: response.status, body: (await response.json()) as unknown };
};
const countSchedules = async () => {
  const [health, upkeep] = await Promise.all([
    producer.queues['health-check'].getJobSchedulersCount(),
    producer.queues.upkeep.getJobSchedulersCount(),
  ]);
  return { health, upkeep };
};

beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  await bed.clear();
  producer = createProducer(bed);
});
afterEach(async () => {
  await scheduler?.close();
  await producer.close();
});
afterAll(() => bed.close());

it('has the schedules in place after its start, and again after Redis was wiped', async () => {
  await start();
  await eventually(async () => expect(await countSchedules()).toEqual({ health: 1, upkeep: UPKEEP_TASKS }));
  await bed.wipeRedis();
  await eventually(async () => expect(await countSchedules()).toEqual({ health: 1, upkeep: UPKEEP_TASKS }));
});

it('follows a change of the providers without waiting for its next round', async () => {
  await start({}, { reassertEveryMs: 3_600_000 });
  await eventually(async () => expect(await countSchedules()).toMatchObject({ health: 1 }));
  await inTransaction(bed.store, async (session) => {
    await bed.store.providers.updateMany({}, { enabled: false }, { session });
    await bumpVersion(bed.store, 'providers', session);
  });
  await eventually(async () => expect(await countSchedules()).toMatchObject({ health: 0 }));
});

it('takes a changed interval of the health checks without a restart', async () => {
  const [provider] = await bed.store.providers.find().lean();
  const readEveryMs = async () => {
    const id = `health.check/${provider?._id}`;
    return (await producer.queues['health-check'].getJobScheduler(id))?.every;
  };
  await start();
  await eventually(async () => expect(await readEveryMs()).toBe(30_000));
  await changeDispatchConfig(bed.store, (config) => ({
    ...config,
    healthCheck: { ...config.healthCheck, intervalMs: 7_000 },
  }));
  await eventually(async () => expect(await readEveryMs()).toBe(7_000));
});

it('says that it lives and that its stores answer', async () => {
  await start();
  expect(await probe('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await probe('/readyz')).toEqual({
    status: 200,
    body: { status: 'ready', stores: { mongodb: 'up', redis: 'up' } },
  });
});

it('shows its metrics to whoever has METRICS_TOKEN, or a token that may read providers', async () => {
  const METRICS_TOKEN = 'scrape-me-0123456789';
  await start({ METRICS_TOKEN });
  const scrape = async (token: string | null) => {
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`, { headers });
    return { status: response.status, text: await response.text() };
  };
  const make = (scopes: Scope[]) =>
    inTransaction(bed.store, (session) => {
      const token = { name: 'scraper', client: 'default', scopes, expiresAt: null, requestsPerMinute: null };
      return insertToken(bed.store, token, session);
    });
  for (const token of [null, 'nonsense', (await make(['jobs:read'])).value]) {
    expect(await scrape(token)).toEqual({ status: 401, text: '' });
  }
  for (const token of [METRICS_TOKEN, (await make(['providers:write'])).value]) {
    const { status, text } = await scrape(token);
    expect(status).toBe(200);
    expect(text).toMatch(/^understudy_build_info\{[^}]*role="scheduler"[^}]*\} 1$/m);
    expect(text).toContain('understudy_store_up{store="redis"} 1');
    expect(text).toContain('nodejs_eventloop_lag_seconds ');
    expect(findDifferences('scheduler', describeScrape(text))).toEqual([]);
  }
});

it('starts while Redis is away, says so, and stops in peace', async () => {
  const { close } = await start({ REDIS_URL: 'redis://127.0.0.1:1' });
  expect(await probe('/readyz')).toEqual({
    status: 503,
    body: { status: 'not_ready', stores: { mongodb: 'up', redis: 'down' } },
  });
  await close();
  await close();
});

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createId } from '@understudy/shared/ids';
import { JOBS } from '@understudy/shared/jobs/catalog';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { connectRedis } from '@understudy/shared/runtime/redis';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createMemory, reconcile, type Memory } from './reconcile.ts';

const TASKS = Object.keys(JOBS).filter((name) => name.startsWith('upkeep.')).length;

let bed: TestBed;
let producer: Producer;
let now: () => number;
let monotonicMs: number;
let memory: Memory;
const run = () =>
  reconcile({
    store: bed.store,
    producer,
    memory,
    clock: { now: () => now(), monotonic: () => monotonicMs },
  });

beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  await bed.clear();
  producer = createProducer(bed);
  now = () => Date.now();
  monotonicMs = 0;
  memory = createMemory();
});
afterEach(() => producer.close());
afterAll(() => bed.close());

async function addProvider(overrides: Partial<ProviderDocument> = {}) {
  const [local] = await bed.store.providers.find({ type: 'local' }).lean();
  const _id = createId('prv');
  await bed.store.providers.create({ ...local!, _id, name: _id, nameKey: _id, ...overrides });
  return _id;
}
const readSchedules = async () =>
  (
    await Promise.all([
      producer.queues['health-check'].getJobSchedulers(),
      producer.queues.upkeep.getJobSchedulers(),
    ])
  ).flat();
const readChecked = async () =>
  (await producer.queues['health-check'].getJobSchedulers())
    .map(({ template }) => (template?.data as { providerId: string } | undefined)?.providerId)
    .toSorted();
/** How many checks of a provider wait to be made at once. */
const readAsked = async (id: string) =>
  (await producer.queues['health-check'].getJobs(['waiting'])).filter(
    (job) => (job.data as { providerId: string }).providerId === id,
  ).length;
const countJobs = async (queue: 'upkeep' | 'health-check') =>
  producer.queues[queue].getJobCountByTypes('waiting', 'delayed', 'prioritized', 'active');
const setHealthCheck = (healthCheck: object) =>
  bed.store.settings.updateOne(
    { _id: 'dispatch' },
    { $set: { values: { healthCheck } }, $setOnInsert: { version: 1, updatedAt: new Date() } },
    { upsert: true },
  );

it('keeps one schedule for each enabled provider and each task of upkeep', async () => {
  const enabled = await addProvider();
  await addProvider({ enabled: false });
  await addProvider({ deletedAt: new Date() });
  await run();
  const local = await bed.store.providers.findOne({ name: 'local' }).lean();
  expect(await readChecked()).toEqual([local!._id, enabled].toSorted());
  expect(await producer.queues.upkeep.getJobSchedulersCount()).toBe(TASKS);
});

it('follows a provider that is added, disabled and deleted', async () => {
  await run();
  const before = await readChecked();
  const id = await addProvider();
  await run();
  expect(await readChecked()).toEqual([...before, id].toSorted());
  await bed.store.providers.updateOne({ _id: id }, { enabled: false });
  await run();
  expect(await readChecked()).toEqual(before);
  await bed.store.providers.updateOne({ _id: id }, { enabled: true });
  await run();
  expect(await readChecked()).toContain(id);
  await bed.store.providers.updateOne({ _id: id }, { deletedAt: new Date() });
  await run();
  expect(await readChecked()).toEqual(before);
});

it('changes nothing where nothing changed, and piles nothing up with no worker there', async () => {
  await addProvider();
  await run();
  const before = (await readSchedules()).map(({ key, next, iterationCount }) => ({
    key,
    next,
    iterationCount,
  }));
  const waiting = await countJobs('health-check');
  for (let round = 0; round < 20; round += 1) await run();
  expect(
    (await readSchedules()).map(({ key, next, iterationCount }) => ({ key, next, iterationCount })),
  ).toEqual(before);
  expect(await countJobs('upkeep')).toBe(TASKS);
  expect(await countJobs('health-check')).toBe(waiting);
});

it('does not starve a schedule that it asserts far more often than it runs', async () => {
  await run();
  const ran: number[] = [];
  const redis = connectRedis({ url: bed.redisUrl, mode: 'blocking', logger: bed.logger });
  const worker = new Worker(
    'upkeep',
    async (job) => {
      if (job.name === 'upkeep.deadlines') ran.push(Number(job.id?.split(':').at(-1)));
    },
    { connection: redis, prefix: bed.prefix, concurrency: 5 },
  );
  await eventually(
    async () => {
      await run();
      return ran.length >= 3;
    },
    { everyMs: 5 },
  );
  await worker.close();
  redis.disconnect();
  const phase = (await readSchedules()).find(({ key }) => key === 'upkeep.deadlines')?.offset;
  expect(ran.map((at) => at % 1_000)).toEqual(ran.map(() => phase));
  expect(new Set(ran).size).toBe(ran.length);
});

it('brings every schedule back to now that was made by a clock that was ahead, once it stands still', async () => {
  await addProvider();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await run().finally(() => vi.useRealTimers());
  await run();
  monotonicMs = 60_000;
  await run();
  const at = Date.now();
  expect((await readSchedules()).filter(({ next, every }) => next! > at + every!)).toEqual([]);
  expect(await countJobs('upkeep')).toBe(TASKS);
});

it('leaves a schedule alone that a worker whose clock is ahead keeps going', async () => {
  await addProvider({ type: 'openai' });
  await setHealthCheck({ deepIntervalMs: 3_600_000 });
  await run();
  const script = fileURLToPath(new URL('./__fixtures__/worker-ahead.mjs', import.meta.url));
  const args = [script, String(3 * 3_600_000), bed.redisUrl, bed.prefix];
  const worker = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let log = '';
    worker.stdout.setEncoding('utf8').on('data', (chunk: string) => (log += chunk));
    const countDeep = () => log.split('\n').filter((line) => line === 'deep').length;
    await eventually(() => expect(countDeep()).toBe(1));
    for (let look = 0; look < 5; look += 1) {
      monotonicMs += 4_000;
      await run();
      const before = log.length;
      // A free check of a schedule that is due by the worker's clock follows whatever was promoted with it.
      await producer.add('health.check', { providerId: createId('prv'), checkId: null, deep: false });
      await eventually(() => expect(log.length).toBeGreaterThan(before));
    }
    expect(countDeep()).toBe(1);
  } finally {
    worker.kill('SIGKILL');
  }
});

it('leaves a schedule where it is whose next run is little further away than its interval', async () => {
  await run();
  const before = await readSchedules();
  now = () => Date.now() - 8_000;
  await run();
  expect(await readSchedules()).toEqual(before);
});

it('leaves a run that is late but still waiting where it is', async () => {
  await run();
  const before = await readSchedules();
  now = () => Date.now() + 60_000;
  await run();
  expect(await readSchedules()).toEqual(before);
});

it('checks a provider at once that was never checked, and only then', async () => {
  const known = await addProvider();
  await bed.store.providerHealth.create({ _id: known, status: 'healthy', checkedAt: new Date() });
  const fresh = await addProvider();
  await run();
  await run();
  expect(await readAsked(known)).toBe(0);
  expect(await readAsked(fresh)).toBe(1);
});

it('checks a provider at once that was switched on after it had been off for longer than an interval', async () => {
  const id = await addProvider();
  await run();
  await bed.store.providers.updateOne({ _id: id }, { enabled: false });
  await run();
  const checkedAt = new Date(Date.now() - 3_600_000);
  await bed.store.providerHealth.create({ _id: id, status: 'healthy', checkedAt });
  await bed.store.providers.updateOne({ _id: id }, { enabled: true });
  const before = await readAsked(id);
  await run();
  await run();
  expect(await readAsked(id)).toBe(before + 1);
});

it('checks a new provider at once also where the round that met it broke off', async () => {
  await run();
  const fresh = await addProvider();
  vi.spyOn(producer, 'schedule').mockImplementationOnce(async (...schedule) => {
    await producer.schedule(...schedule);
    throw new Error('Redis did not answer in time');
  });
  await expect(run()).rejects.toThrow('in time');
  await run();
  expect(await readAsked(fresh)).toBe(1);
});

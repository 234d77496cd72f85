import { Worker } from 'bullmq';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createId } from '@understudy/shared/ids';
import { JOBS } from '@understudy/shared/jobs/catalog';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { connectRedis } from '@understudy/shared/runtime/redis';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { reconcile } from './reconcile.ts';

const TASKS = Object.keys(JOBS).filter((name) => name.startsWith('upkeep.')).length;

let bed: TestBed;
let producer: Producer;
let now: () => number;
const run = () =>
  reconcile({ store: bed.store, producer, clock: { now: () => now(), monotonic: () => performance.now() } });

beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  await bed.clear();
  producer = createProducer(bed);
  now = () => Date.now();
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

it('brings every schedule back after Redis was wiped', async () => {
  await addProvider();
  await run();
  const before = (await readSchedules()).map(({ key, offset }) => ({ key, offset })).toSorted(byKey);
  await bed.wipeRedis();
  expect(await readSchedules()).toEqual([]);
  await run();
  expect((await readSchedules()).map(({ key, offset }) => ({ key, offset })).toSorted(byKey)).toEqual(before);
});
const byKey = (a: { key: string }, b: { key: string }) => a.key.localeCompare(b.key);

it('takes over a changed interval, and removes what no version of ours wants', async () => {
  await run();
  await producer.queues.upkeep.upsertJobScheduler(
    'upkeep.of-old',
    { every: 1_000 },
    { name: 'upkeep.of-old' },
  );
  await setHealthCheck({ intervalMs: 2_000 });
  await run();
  const schedules = await readSchedules();
  expect(schedules.filter(({ key }) => key.startsWith('health.check')).map(({ every }) => every)).toEqual([
    2_000,
  ]);
  expect(schedules.map(({ key }) => key)).not.toContain('upkeep.of-old');
});

it('puts a schedule right that differs in its interval alone', async () => {
  await run();
  const { offset } = (await readSchedules()).find(({ key }) => key === 'upkeep.deadlines')!;
  await producer.schedule('upkeep.deadlines', { everyMs: 60_000, offsetMs: offset! }, 'upkeep.deadlines', {});
  await run();
  expect((await readSchedules()).find(({ key }) => key === 'upkeep.deadlines')).toMatchObject({
    every: 1_000,
  });
});

it('mends a schedule whose next run was lost', async () => {
  await run();
  const lost = (await readSchedules()).find(({ key }) => key === 'upkeep.deadlines');
  await bed.redis.del(`${bed.prefix}:upkeep:repeat:upkeep.deadlines:${lost?.next}`);
  await bed.redis.zrem(`${bed.prefix}:upkeep:delayed`, `repeat:upkeep.deadlines:${lost?.next}`);
  now = () => Date.now() + 60_000;
  await run();
  expect(await countJobs('upkeep')).toBe(TASKS);
});

it('brings every schedule back to now that was made by a clock that was ahead', async () => {
  await addProvider();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  await run().finally(() => vi.useRealTimers());
  await run();
  const at = Date.now();
  expect((await readSchedules()).filter(({ next, every }) => next! > at + every!)).toEqual([]);
  expect(await countJobs('upkeep')).toBe(TASKS);
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
  const waiting = await producer.queues['health-check'].getJobs(['waiting']);
  const ids = waiting.map((job) => (job.data as { providerId: string }).providerId);
  expect(ids).not.toContain(known);
  expect(ids.filter((id) => id === fresh)).toEqual([fresh]);
});

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createEventReader } from '@understudy/shared/events/reader';
import type { AppEvent } from '@understudy/shared/events/events';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { readCircuits } from '@understudy/shared/fleet/circuits';
import { connectRedis, untilReady } from '@understudy/shared/runtime/redis';
import { createInteractive, readInteractive } from '@understudy/shared/store/interactive/interactive';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import { buildJob } from '@understudy/shared/testing/builders';
import { changeDispatchConfig } from '@understudy/shared/testing/change-dispatch-config';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { compose, type WorkerProcess } from './compose.ts';
import { loadConfig } from './config.ts';
import { buildProvider } from './testing/build-provider.ts';
import { createFakeProvider, fail, stayAway, type FakeProvider } from './testing/fake-adapter.ts';

let bed: TestBed;
let producer: Producer;
let worker: WorkerProcess | undefined;
let fakes: Map<string, FakeProvider>;
let events: AppEvent[];
let reader: ReturnType<typeof createEventReader> | undefined;

beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  await bed.clear();
  const { redis, prefix, logger } = bed;
  producer = createProducer({ redis, prefix, logger });
  fakes = new Map();
  await bed.store.providers.deleteMany({});
  events = [];
  const blocking = connectRedis({ url: bed.redisUrl, mode: 'blocking', logger });
  await untilReady(blocking, 5_000);
  reader = createEventReader({
    redis: blocking,
    prefix,
    logger,
    onEvents: (entries) => events.push(...entries.map(({ event }) => event)),
    onStart: () => {},
  });
  await reader.start();
});
afterEach(async () => {
  await worker?.close();
  await reader?.stop();
  await producer.close();
});
afterAll(() => bed.close());

async function startWorker() {
  const config = loadConfig({
    MONGODB_URI: bed.mongodbUri,
    REDIS_URL: bed.redisUrl,
    UNDERSTUDY_MASTER_KEYS: bed.masterKeys
      .map(({ version, key }) => `${version}:${key.toString('base64')}`)
      .join(),
  });
  worker = await compose(config, {
    logger: bed.logger,
    prefix: bed.prefix,
    createAdapter: ({ id }) => (fakes.get(id) ?? createFakeProvider()).createAdapter('fake-model'),
  });
  for (const service of worker.services) await service.start();
  return worker;
}
async function addProvider(overrides: Parameters<typeof buildProvider>[0] = {}) {
  const document = buildProvider(overrides);
  const fake = createFakeProvider();
  fakes.set(document._id, fake);
  await inTransaction(bed.store, async (session) => {
    await bed.store.providers.create([document], { session });
    await bumpVersion(bed.store, 'providers', session);
  });
  return Object.assign(fake, { id: document._id });
}
async function readHolders() {
  return bed.store.keyHolders.find().lean();
}
async function submit(overrides: Parameters<typeof buildJob>[0] = {}) {
  const job = buildJob(overrides);
  await bed.store.jobs.create(job);
  await producer.addClassifications([{ jobId: job._id, generation: job.generation, priority: job.priority }]);
  return job._id;
}
const readJob = (id: string) => bed.store.jobs.findById(id).lean();

it('takes a job from the queue to its answer, tells of it, counts it, and leaves nothing behind', async () => {
  await addProvider();
  await startWorker();
  const id = await submit();
  await eventually(async () => (await readJob(id))?.state === 'succeeded');
  await eventually(() => events.some((event) => event.type === 'job.updated' && event.id === id));
  await eventually(async () => (await readJob(id))?.announce === undefined);
  await eventually(async () => (await bed.store.attempts.findOne({ jobId: id }).lean())?.counted === true);
  await eventually(async () => expect(await producer.queues.classify.getJobCountByTypes()).toBe(0));
});

it('does many jobs side by side, each once', async () => {
  const fake = await addProvider({ configuration: { maxConcurrency: 100 } });
  await startWorker();
  const ids = await Promise.all(Array.from({ length: 100 }, () => submit()));
  await eventually(
    async () => (await bed.store.jobs.countDocuments({ _id: { $in: ids }, state: 'succeeded' })) === 100,
  );
  expect(fake.calls).toHaveLength(100);
});

it('knows a provider that was added while it runs', async () => {
  await startWorker();
  await addProvider({ name: 'late' });
  const id = await eventually(async () => {
    const submitted = await submit();
    await eventually(async () => (await readJob(submitted))?.state !== 'queued');
    await eventually(async () => (await readJob(submitted))?.state !== 'processing');
    return (await readJob(submitted))?.state === 'succeeded' && submitted;
  });
  expect(await readJob(id)).toMatchObject({ provider: { name: 'late' } });
});

it('is paused and goes on without a restart', async () => {
  await addProvider();
  await startWorker();
  for (const paused of [true, false]) {
    await changeDispatchConfig(bed.store, (config) => ({ ...config, paused }));
    await eventually(async () => {
      const id = await submit();
      const job = await eventually(async () => {
        const found = await readJob(id);
        return found !== null && !['queued', 'processing'].includes(found.state) && found;
      });
      expect(job.state).toBe(paused ? 'deferred' : 'succeeded');
      expect(job.deferred?.reason).toBe(paused ? 'paused' : undefined);
    });
  }
});

it('tells the fleet of an open circuit', async () => {
  const sick = await addProvider();
  sick.will(fail('forbidden', { status: 403 }));
  await startWorker();
  await submit();
  await eventually(async () => {
    const { circuits } = await readCircuits(bed.redis, bed.prefix, [sick.id]);
    return circuits.get(sick.id)?.circuit === 'open';
  });
  await eventually(async () =>
    expect(await bed.store.providers.findById(sick.id).lean()).toMatchObject({
      flagged: { reason: 'forbidden' },
    }),
  );
});

it('drops what is not of the catalogue', async () => {
  await addProvider();
  await startWorker();
  await producer.queues.classify.add('classification.dispatch', { jobId: 'job_1', text: 'leaked' });
  await producer.queues.classify.add('something.else', {});
  const id = await submit();
  await eventually(async () => expect(await readJob(id)).toMatchObject({ state: 'succeeded' }));
  await eventually(async () => expect(await producer.queues.classify.getFailedCount()).toBe(2));
});

it('runs a test that an operator waits for, and tells when it is done', async () => {
  const provider = await addProvider({
    flagged: { reason: 'unauthenticated', at: new Date(), message: 'Old key.' },
  });
  await startWorker();
  const requestId = await createInteractive(bed.store, { providerId: provider.id });
  await producer.add('interactive.provider-test', { requestId });
  await eventually(() =>
    events.some((event) => event.type === 'interactive.finished' && event.id === requestId),
  );
  expect(await readInteractive(bed.store, requestId)).toMatchObject({
    state: 'done',
    result: { ok: true, models: ['fake-model'], sample: { label: 'praise' }, fault: null },
  });
});

it('gives its running jobs back when it is closed, twice if need be', async () => {
  const fake = await addProvider();
  fake.will(stayAway);
  const { close } = await startWorker();
  const id = await submit({ deadlineMs: 1_500 });
  await eventually(() => fake.calls.length === 1);
  await Promise.all([close(), close()]);
  expect((await readJob(id))?.state).not.toBe('processing');
  expect(fake.closed).toBe(1);
});

it('passes a provider over whose key does not open, tells so, and goes on with the next', async () => {
  const apiKey = { keyVersion: 9, wrappedKey: 'wrapped', ciphertext: 'x' };
  const locked = await addProvider({ name: 'locked', priority: 1, apiKey });
  await addProvider({ name: 'open', priority: 2 });
  const { close } = await startWorker();
  const jobId = await submit();
  const job = await eventually(async () => {
    const found = await bed.store.jobs.findById(jobId).lean();
    return found?.state === 'succeeded' ? found : false;
  });
  expect(job).toMatchObject({
    provider: { name: 'open' },
    passedOver: [{ provider: { name: 'locked' }, reason: 'flagged' }],
  });
  expect(locked.calls).toHaveLength(0);
  expect(
    await eventually(async () => (await readHolders()).find(({ locked }) => locked.length > 0) ?? false),
  ).toMatchObject({
    role: 'worker',
    keys: [{ version: 1 }],
    locked: [
      { providerId: locked.id, wrappedKey: 'wrapped', message: expect.stringContaining('Master key 9') },
    ],
  });
  await close();
  expect(await readHolders()).toEqual([]);
});

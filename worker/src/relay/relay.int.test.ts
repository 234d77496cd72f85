import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '@understudy/shared/ids';
import { connectRedis } from '@understudy/shared/runtime/redis';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createRelay } from './relay.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

async function insertEnded(overrides: Parameters<typeof buildJob>[0] = {}) {
  const announce = { eventId: createId('evt'), at: new Date() };
  const job = { ...buildJob({ state: 'cancelled', finishedAt: new Date(), ...overrides }), announce };
  await bed.store.jobs.create(job);
  return job;
}
const readAnnounce = async (id: string) => (await bed.store.jobs.findById(id).lean())?.announce;

it('tells everything that was emitted, and notes that it was told', async () => {
  const relay = createRelay(bed);
  const jobs = await Promise.all(Array.from({ length: 10 }, () => insertEnded()));
  for (const job of jobs) relay.emit(job);
  await relay.flush();
  const entries = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
  expect(entries).toHaveLength(10);
  expect(entries.join()).not.toContain('charged');
  expect(await bed.store.jobs.countDocuments({ 'announce.eventId': { $exists: true } })).toBe(0);
});

it('leaves an announcement standing that it could not tell', async () => {
  const redis = connectRedis({ url: 'redis://127.0.0.1:1', mode: 'fail-fast', logger: bed.logger });
  const relay = createRelay({ ...bed, redis });
  const job = await insertEnded();
  relay.emit(job);
  await relay.flush();
  expect(await readAnnounce(job._id)).toEqual(job.announce);
  redis.disconnect();
});

it('does not take off a newer announcement than the one it told', async () => {
  const relay = createRelay(bed);
  const job = await insertEnded();
  relay.emit({ ...job, announce: { eventId: 'evt_older' } });
  await relay.flush();
  expect(await readAnnounce(job._id)).toEqual(job.announce);
});

it('tells any other event too, and lets it go where Redis is away', async () => {
  const event = { type: 'interactive.finished', id: createId('int') } as const;
  const relay = createRelay(bed);
  relay.tell(event);
  await relay.flush();
  const entries = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
  expect(entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as unknown)).toContainEqual(event);

  const redis = connectRedis({ url: 'redis://127.0.0.1:1', mode: 'fail-fast', logger: bed.logger });
  const cutOff = createRelay({ ...bed, redis });
  cutOff.tell(event);
  await expect(cutOff.flush()).resolves.toBeUndefined();
  redis.disconnect();
});

it('makes one delivery and one event of an end, whichever step it broke off at', async () => {
  const { store } = bed;
  const events = await bed.redis.xlen(`${bed.prefix}:events`);
  const job = await insertEnded({ webhookUrl: 'https://hooks.example.com/' });
  const readDeliveries = () => store.deliveries.find({ jobId: job._id }).lean();

  // After the deliveries, before the events.
  const redis = connectRedis({ url: 'redis://127.0.0.1:1', mode: 'fail-fast', logger: bed.logger });
  const cutOff = createRelay({ ...bed, redis });
  cutOff.emit(job);
  await cutOff.flush();
  redis.disconnect();
  const [delivery] = await readDeliveries();
  expect(delivery).toMatchObject({ eventId: job.announce.eventId, state: 'pending', url: job.webhookUrl });
  expect(await readAnnounce(job._id)).toEqual(job.announce);

  const relay = createRelay(bed);
  relay.emit(job);
  await relay.flush();
  expect(await readDeliveries()).toEqual([delivery]);
  expect(await bed.redis.xlen(`${bed.prefix}:events`)).toBe(events + 1);
  expect(await readAnnounce(job._id)).toBeUndefined();
});

const readTold = async (jobId: string) =>
  (await bed.redis.xrange(`${bed.prefix}:events`, '-', '+')).filter(([, fields]) =>
    fields[1]?.includes(jobId),
  );

it('does not tell again what a worker told that died before it could note so', async () => {
  const relay = createRelay(bed);
  const job = await insertEnded();
  relay.emit(job);
  await relay.flush();
  await bed.store.jobs.updateOne({ _id: job._id }, { announce: job.announce });
  await relay.repeat([job]);
  await relay.repeat([job]);
  expect(await readTold(job._id)).toHaveLength(1);
  expect(await readAnnounce(job._id)).toBeUndefined();
});

it('keeps a worker that was frozen from telling what was told for it meanwhile', async () => {
  const relay = createRelay(bed);
  const job = await insertEnded();
  await relay.repeat([job]);
  relay.emit(job);
  await relay.flush();
  expect(await readTold(job._id)).toHaveLength(1);
});

it('knows what was told without looking through the stream', async () => {
  const relay = createRelay(bed);
  const job = await insertEnded();
  relay.emit(job);
  await relay.flush();
  await bed.redis.del(`${bed.prefix}:events`);
  await relay.repeat([job]);
  expect(await readTold(job._id)).toEqual([]);
  const other = await insertEnded();
  await relay.repeat([job, other]);
  expect(await readTold(other._id)).toHaveLength(1);
});

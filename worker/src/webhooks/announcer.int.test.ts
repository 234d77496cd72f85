import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createId } from '@understudy/shared/ids';
import { eraseJobs } from '@understudy/shared/store/jobs/erase-jobs';
import { buildJob } from '@understudy/shared/testing/builders';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createAnnouncer } from './announcer.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.store.deliveries.deleteMany({});
});

const WORDS = 'what the model said of it';
async function insertEnded() {
  const eventId = createId('evt');
  const job = buildJob({
    state: 'failed',
    error: { code: 'no_provider_left', message: WORDS } as never,
    finishedAt: new Date(),
    webhookUrl: 'https://hooks.example.com/mine',
    announce: { eventId, at: new Date() },
  });
  await bed.store.jobs.create(job);
  return { ...job, eventId };
}
const readDeliveries = async () => bed.store.deliveries.find().lean();

it('sends no words of a job that is erased between their reading and their writing', async () => {
  const job = await insertEnded();
  const deliveries = bed.store.deliveries.collection;
  const insertMany = deliveries.insertMany.bind(deliveries);
  const raced = vi.spyOn(deliveries, 'insertMany').mockImplementationOnce(async (...args) => {
    expect(JSON.stringify(args)).toContain(WORDS);
    await eraseJobs(bed.store, [job._id]);
    return insertMany(...args);
  });
  const statesWhenDue: unknown[] = [];
  const onDue = () => void statesWhenDue.push(readDeliveries());
  await createAnnouncer({ store: bed.store, onDue }).announceJobs([job]);
  raced.mockRestore();
  expect(await statesWhenDue[0]).toMatchObject([{ state: 'failed', body: null }]);
});

it('still tells of the end that an erase itself made, without words, also where it is asked for again', async () => {
  const job = buildJob({ webhookUrl: 'https://hooks.example.com/mine' });
  await bed.store.jobs.create(job);
  await eraseJobs(bed.store, [job._id]);
  const erased = (await bed.store.jobs.findById(job._id).lean())!;
  const told = [{ ...erased, eventId: erased.announce!.eventId }];
  for (let time = 0; time < 2; time += 1) {
    await createAnnouncer(bed).announceJobs(told);
    await eraseJobs(bed.store, [job._id]);
    expect(await readDeliveries()).toMatchObject([
      { state: 'pending', type: 'classification.cancelled', body: expect.any(String) },
    ]);
  }
});

it('takes the words back, too, where it broke off between their writing and the look for an erase', async () => {
  const job = await insertEnded();
  const { deliveries, jobs } = bed.store;
  const insertMany = deliveries.collection.insertMany.bind(deliveries.collection);
  const raced = vi.spyOn(deliveries.collection, 'insertMany').mockImplementationOnce(async (...args) => {
    await eraseJobs(bed.store, [job._id]);
    vi.spyOn(jobs, 'find').mockImplementationOnce(() => {
      throw new Error('The ledger is away.');
    });
    return insertMany(...args);
  });
  await expect(createAnnouncer(bed).announceJobs([job])).rejects.toThrow('away');
  raced.mockRestore();
  expect(JSON.stringify(await readDeliveries())).toContain(WORDS);
  await createAnnouncer(bed).announceJobs([job]);
  expect(await readDeliveries()).toMatchObject([{ state: 'failed', body: null }]);
});

it('reads a few jobs with their labels at a time, however many ends it is told of', async () => {
  const jobs = await Promise.all(Array.from({ length: 100 }, () => insertEnded()));
  const profiled = await profileQueries(bed.store, () => createAnnouncer(bed).announceJobs(jobs));
  const results = profiled.filter(({ collection }) => collection === 'jobs').map((query) => query.results);
  expect(Math.max(...results)).toBeGreaterThan(0);
  expect(Math.max(...results)).toBeLessThanOrEqual(32);
  expect(await bed.store.deliveries.countDocuments({ state: 'pending' })).toBe(100);
});

it('tells nobody of the jobs of an evaluation', async () => {
  const job = await insertEnded();
  const announcer = createAnnouncer(bed);
  await announcer.announceJobs([{ ...job, batchId: createId('evl') }]);
  expect(await readDeliveries()).toEqual([]);
  await announcer.announceJobs([{ ...job, batchId: createId('bat') }]);
  expect(await readDeliveries()).toHaveLength(1);
});

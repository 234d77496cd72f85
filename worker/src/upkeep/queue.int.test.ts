import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { readEpoch } from '@understudy/shared/jobs/epoch';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import { systemClock } from '@understudy/shared/runtime/clock';
import { findOldestWaiting } from '@understudy/shared/store/jobs/find-oldest-waiting';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { returnJobs } from '@understudy/shared/store/jobs/return-jobs';
import { takeWaitingJobs } from '@understudy/shared/store/jobs/waiting-jobs';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { checkQueue, type QueueDeps } from './queue.ts';

let bed: TestBed;
let producer: Producer;
let deps: QueueDeps;
let epoch: string;

beforeAll(async () => {
  bed = await createTestBed();
  producer = createProducer(bed);
  deps = { ...bed, producer, clock: systemClock };
});
afterAll(async () => {
  await producer.close();
  await bed.close();
});
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.wipeRedis();
  epoch = await readEpoch(bed.redis, bed.prefix);
});

const ago = (ms: number) => new Date(systemClock.now() - ms);

async function insert(overrides: Partial<JobDocument>): Promise<string> {
  const job = buildJob(overrides);
  await bed.store.jobs.create(job);
  return job._id;
}
const read = (id: string) => bed.store.jobs.findById(id).lean<JobDocument>();

it('looks for jobs that are in the window for long, and has those wait again that the queue lost', async () => {
  const enqueued = { enqueuedEpoch: epoch, enqueuedAt: ago(6_000) };
  const lost = await insert(enqueued);
  const waiting = await insert(enqueued);
  const young = await insert({ ...enqueued, enqueuedAt: ago(4_000) });
  await producer.addClassifications([{ jobId: waiting, generation: 1, priority: 5 }]);
  await checkQueue(deps);
  expect(await read(lost)).toMatchObject({ waiting: true });
  expect(await read(young)).toMatchObject({ waiting: false });
  const confirmed = await read(waiting);
  expect(confirmed).toMatchObject({ waiting: false });
  expect(Number(confirmed?.enqueuedAt)).toBeGreaterThan(Number(ago(10_000)));
});

it('has a job wait again whose entry a clock that was ahead put off, and makes room in the queue', async () => {
  const { classify } = producer.queues;
  const putOff = async (delay: number) => {
    const jobId = await insert({ enqueuedEpoch: epoch, enqueuedAt: ago(6_000) });
    await classify.add('classification.dispatch', { jobId, generation: 1 }, { jobId: `${jobId}.1`, delay });
    return jobId;
  };
  const [far, near] = [await putOff(3_600_000), await putOff(6_250)];
  await checkQueue(deps);
  expect(await read(far)).toMatchObject({ state: 'queued', waiting: true });
  expect(await read(near)).toMatchObject({ state: 'queued', waiting: false });
  expect((await classify.getDelayed()).map(({ id }) => id)).toEqual([`${near}.1`]);
});

it('knows how long the queue has had a job, however often it was looked for there, until it is put there anew', async () => {
  const minutes = (count: number) => ago(count * 60_000);
  const findStalled = () =>
    findOldestWaiting(bed.store, { before: minutes(5), running: false, now: minutes(0) });
  const enqueuedAt = minutes(9);
  const jobId = await insert({ enqueuedEpoch: epoch, enqueuedAt });
  await producer.addClassifications([{ jobId, generation: 1, priority: 9 }]);
  await checkQueue(deps);
  expect(await findStalled()).toEqual({ jobId, since: enqueuedAt });
  const later = { ...systemClock, now: () => systemClock.now() + 6_000 };
  await checkQueue({ ...deps, clock: later });
  expect(await findStalled()).toEqual({ jobId, since: enqueuedAt });
  await returnJobs(bed.store, [jobId]);
  expect(await takeWaitingJobs(bed.store, [jobId], epoch)).toHaveLength(1);
  expect(await findStalled()).toBeNull();
});

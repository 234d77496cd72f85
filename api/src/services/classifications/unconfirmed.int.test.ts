import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { systemClock } from '@understudy/shared/runtime/clock';
import type { BatchDocument } from '@understudy/shared/store/batches/model';
import { toNative } from '@understudy/shared/store/define-model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { buildBatch, buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createUnconfirmed } from './unconfirmed.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

const config = dispatchConfig.parse({});
const newUnconfirmed = () =>
  createUnconfirmed({ ...bed, catalogue: { config: () => config }, clock: systemClock });
const readState = async (id: string) => (await bed.store.jobs.findById(id).lean<JobDocument>())?.state;
const retry = (id: string) => retryJobs(bed.store, [id], { evenUntold: true });

it('cancels a job whenever it comes late, and leaves it alone once somebody tries it again', async () => {
  const unconfirmed = newUnconfirmed();
  const job = buildJob({ waiting: true });
  unconfirmed.remember({ _id: job._id });
  await unconfirmed.runOnce();
  await bed.store.jobs.create(job);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('cancelled');
  expect(await retry(job._id)).toBe(1);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('queued');
});

it('cancels one that a worker has taken or put off by then, and forgets none that is not over', async () => {
  const unconfirmed = newUnconfirmed();
  const claim = { token: 'token', workerId: 'w1', leaseUntil: new Date(Date.now() + 60_000) };
  const processing = buildJob({ state: 'processing', claim, generation: 2 });
  const deferred = buildJob({ state: 'deferred', generation: 3 });
  await bed.store.jobs.create([processing, deferred]);
  for (const { _id } of [processing, deferred]) unconfirmed.remember({ _id });
  const collection = toNative(bed.store.jobs);
  // It comes back from its worker between the look and the update.
  vi.spyOn(collection, 'bulkWrite').mockImplementationOnce(async (...args) => {
    vi.restoreAllMocks();
    await bed.store.jobs.updateOne({ _id: processing._id }, { $inc: { generation: 1 }, state: 'queued' });
    return collection.bulkWrite(...args);
  });
  await unconfirmed.runOnce();
  for (const { _id } of [processing, deferred]) expect(await readState(_id)).toBe('cancelled');
});

it('cancels a batch that was accepted after all, and leaves its jobs alone once they are tried again', async () => {
  const unconfirmed = newUnconfirmed();
  const batch: BatchDocument = buildBatch({ total: 1 });
  const job = buildJob({ batchId: batch._id, waiting: true });
  unconfirmed.remember({ _id: batch._id });
  await unconfirmed.runOnce();
  await bed.store.batches.create(batch);
  await bed.store.jobs.create(job);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('cancelled');
  expect(await retry(job._id)).toBe(1);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('queued');
});

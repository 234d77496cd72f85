import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { systemClock } from '@understudy/shared/runtime/clock';
import type { BatchDocument } from '@understudy/shared/store/batches/model';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { buildBatch, buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it } from 'vitest';
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
  unconfirmed.remember(job._id);
  await unconfirmed.runOnce();
  await bed.store.jobs.create(job);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('cancelled');
  expect(await retry(job._id)).toBe(1);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('queued');
});

it('cancels a batch that was accepted after all, and leaves its jobs alone once they are tried again', async () => {
  const unconfirmed = newUnconfirmed();
  const batch: BatchDocument = buildBatch({ total: 1 });
  const job = buildJob({ batchId: batch._id, waiting: true });
  unconfirmed.remember(batch._id);
  await unconfirmed.runOnce();
  await bed.store.batches.create(batch);
  await bed.store.jobs.create(job);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('cancelled');
  expect(await retry(job._id)).toBe(1);
  await unconfirmed.runOnce();
  expect(await readState(job._id)).toBe('queued');
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { toItemId } from '@understudy/shared/store/batches/item-id';
import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import { stageJobs } from '@understudy/shared/store/batches/receive-batch';
import { buildBatch, buildJob } from '@understudy/shared/testing/builders';
import { createFeederBed, type FeederBed } from '../testing/feeder-bed.ts';

let bed: FeederBed;
beforeAll(async () => {
  bed = await createFeederBed();
});
afterAll(() => bed.close());

it('takes the jobs of a batch in order of input, once they are released', async () => {
  await bed.addProvider();
  const batch = buildBatch({ state: 'accepted', total: 100, createdAt: new Date(bed.clock.now() - 1_000) });
  await bed.store.batches.create(batch);
  const ids = Array.from({ length: 100 }, (_, index) => toItemId(batch._id, index));
  const jobs = ids.map((_id) => buildJob({ _id, batchId: batch._id, waiting: true }));
  await stageJobs(bed.store, { batchId: batch._id, uploadId: 'upload' }, jobs.toReversed());
  expect(await bed.round()).toMatchObject({ fed: 0, hasMore: false });
  await releaseBatch(bed.store, batch);
  const taken: string[] = [];
  for (let round = 0; round < 10 && taken.length < 100; round += 1) {
    await bed.round();
    taken.push(...(await bed.work()));
  }
  expect(taken).toEqual(ids);
});

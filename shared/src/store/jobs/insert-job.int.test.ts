import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { createInsertJob } from './insert-job.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('lets a job that cannot be stored fail none of those that come with it', async () => {
  const insert = createInsertJob(bed.store);
  const good = [buildJob(), buildJob()];
  // The driver takes it for one of BSON's own types, of a version that it does not know.
  const bad = buildJob({ metadata: { _bsontype: 'Z' } });
  const outcomes = await Promise.allSettled([good[0]!, bad, good[1]!].map(insert));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await bed.store.jobs.countDocuments({ _id: { $in: good.map(({ _id }) => _id) } })).toBe(2);
});

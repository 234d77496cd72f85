import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { countState } from './count-state.ts';

const QUEUED = 1_000;

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
  const states = Array.from({ length: 2 * QUEUED }, (_, index) => (index % 2 === 0 ? 'queued' : 'deferred'));
  await bed.store.jobs.insertMany(states.map((state) => buildJob({ state })));
});
afterAll(() => bed.close());

it.each([
  ['all at once', { atOnce: QUEUED, stretch: 10 }],
  ['in stretches that do not come out even', { atOnce: QUEUED - 1, stretch: 300 }],
  ['in stretches that come out even', { atOnce: 10, stretch: 250 }],
])('counts those of one state, %s, up to a bound', async (_, sizes) => {
  const count = (limit?: number) => countState(bed.store, 'queued', limit, sizes);
  expect(await count()).toBe(QUEUED);
  expect(await count(QUEUED + 1)).toBe(QUEUED);
  expect(await count(QUEUED)).toBe(QUEUED);
  expect(await count(QUEUED - 1)).toBe(QUEUED - 1);
  expect(await count(1)).toBe(1);
  expect(await countState(bed.store, 'processing', undefined, sizes)).toBe(0);
});

it('walks keys alone, and no more of them in one command than it may', async () => {
  const db = bed.store.connection.db!;
  await db.setProfilingLevel('all');
  await countState(bed.store, 'queued', undefined, { atOnce: 300, stretch: 200 });
  await db.setProfilingLevel('off');
  const profile = await db
    .collection('system.profile')
    .find({ ns: /\.jobs$/ })
    .toArray();
  expect(profile.length).toBeGreaterThan(3);
  for (const { docsExamined, keysExamined } of profile) {
    expect(docsExamined).toBe(0);
    expect(keysExamined).toBeLessThanOrEqual(302);
  }
});

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createLanes } from './lanes.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(() => bed.store.jobs.deleteMany({}).then(() => {}));
afterAll(() => bed.close());

const LANES = 200;
const toClient = (index: number) => `client-${String(index).padStart(3, '0')}`;
const lay = (clients: string[], priority = 5) =>
  bed.store.jobs.insertMany(clients.map((client) => buildJob({ client, priority, waiting: true })));

it('finds every lane in the end, a bounded number with each look', async () => {
  await lay(Array.from({ length: LANES }, (_, index) => toClient(index)));
  const lanes = createLanes(bed.store);
  await lanes.look();
  expect(lanes.list().length).toBeLessThanOrEqual(32);
  for (let look = 1; look * 24 < LANES; look += 1) await lanes.look();
  expect(lanes.list()).toHaveLength(LANES);
});

it('finds a new one that is more urgent at once, however many there are', async () => {
  await lay(Array.from({ length: LANES }, (_, index) => toClient(index)));
  const lanes = createLanes(bed.store);
  await lanes.look();
  await lay(['urgent'], 0);
  await lanes.look();
  expect(lanes.list()).toContainEqual(expect.objectContaining({ priority: 0, client: 'urgent' }));
});

it('goes round: what was dropped and has a job again is found again', async () => {
  await lay(['a', 'b']);
  const lanes = createLanes(bed.store);
  await lanes.look();
  for (const lane of lanes.list()) lanes.drop(lane);
  await lanes.look();
  expect(lanes.list().map(({ client }) => client)).toEqual(['a', 'b']);
});

import { toRoute } from '@understudy/shared/store/jobs/route';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { toNative } from '@understudy/shared/store/define-model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createHoldNoter } from './hold-noter.ts';
import { createLanes } from './lanes.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

function toLane(providers: string[] | null, priority = 5): Lane {
  const allowDegraded = true;
  const route = toRoute({ providers, allowDegraded });
  return { priority, client: 'default', route, providers, allowDegraded };
}

it('notes jobs for any provider first, then the urgent, however many lanes there are', async () => {
  const lanes = Array.from({ length: 1_000 }, (_, index) => toLane([`provider-${index}`]));
  const noteHolds = createHoldNoter({ ...bed, clock: createFakeClock() });
  const last = [toLane(['urgent'], 0), toLane(null)];
  const known = { list: () => [...lanes, ...last], takeMet: () => [] };
  await noteHolds({ lanes: known, allowances: { heldBy: () => null }, paused: true });
  for (const { route } of last)
    expect(await bed.store.laneHolds.find({ route }).lean()).toMatchObject([{ reason: 'paused' }]);
  expect(await bed.store.laneHolds.countDocuments()).toBe(1_000);
});

it('notes also those that were met since it noted last, where a client has more lanes than are known at once', async () => {
  await bed.store.laneHolds.deleteMany({});
  const names = Array.from({ length: 60 }, (_, index) => `provider-${index}`);
  const waiting = names.map((name) => {
    const { priority, client, route, providers } = toLane([name]);
    return buildJob({ priority, client, route, providers, waiting: true });
  });
  await toNative(bed.store.jobs).insertMany(waiting);
  const lanes = createLanes(bed.store);
  const clock = createFakeClock();
  const noteHolds = createHoldNoter({ ...bed, clock });
  const line = { allowances: { heldBy: () => null }, paused: true };
  for (let round = 0; round < 10; round += 1) {
    await lanes.look();
    await noteHolds({ ...line, lanes });
  }
  clock.advance(1_000);
  await noteHolds({ ...line, lanes });
  expect(await bed.store.laneHolds.countDocuments()).toBe(60);
  clock.advance(1_000);
  const held = new Date(clock.now());
  await noteHolds({ ...line, lanes });
  expect(await bed.store.laneHolds.countDocuments({ until: held })).toBe(lanes.list().length);
});

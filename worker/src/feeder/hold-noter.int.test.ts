import { toRoute } from '@understudy/shared/store/jobs/route';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createHoldNoter } from './hold-noter.ts';

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
  await noteHolds({ lanes: [...lanes, ...last], allowances: { heldBy: () => null }, paused: true });
  for (const { route } of last)
    expect(await bed.store.laneHolds.find({ route }).lean()).toMatchObject([{ reason: 'paused' }]);
  expect(await bed.store.laneHolds.countDocuments()).toBe(1_000);
});

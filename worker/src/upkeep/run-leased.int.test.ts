import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { runLeased } from './run-leased.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('begins no task again whose earlier run in this process goes on beyond its lease', async () => {
  const released = Promise.withResolvers<void>();
  const starts = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let runs = 0;
  const task = runLeased(bed, 'upkeep.slow', () => {
    starts[runs]?.resolve();
    runs += 1;
    return released.promise;
  });
  const first = task();
  await starts[0]?.promise;
  await bed.store.leases.updateOne({ _id: 'upkeep.slow' }, { until: new Date(0) });
  const second = task();
  await Promise.race([second, starts[1]?.promise]);
  expect(runs).toBe(1);
  released.resolve();
  expect(await Promise.all([first, second])).toEqual([{ kind: 'done' }, { kind: 'done' }]);
  await task();
  expect(runs).toBe(2);
});

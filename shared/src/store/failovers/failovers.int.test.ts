import type { mongo } from 'mongoose';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildFailover } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { toNative } from '../define-model.ts';
import { createLedger } from '../ledger.ts';
import { findFailovers, type FailoverFilter } from './find-failovers.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('writes many at once, each of them once', async () => {
  const { insertFailover } = createLedger(bed.store);
  const failovers = Array.from({ length: 20 }, () => buildFailover({ client: 'many' }));
  await Promise.all([...failovers, ...failovers].map(insertFailover));
  const found = await findFailovers(bed.store, { client: 'many' }, { limit: 100, beforeId: null });
  expect(found).toEqual(failovers.toReversed());
});

it.each<[FailoverFilter, number]>([
  [{ client: 'busy' }, 5],
  [{ client: 'rare' }, 5],
  [{ client: 'rare', drill: false }, 1],
  [{ client: 'rare', drill: true }, 5],
  [{ drill: true }, 5],
])('reads hardly more than it gives of %j, however far back, and sorts nothing', async (filter, expected) => {
  const { failovers } = bed.store;
  await failovers.deleteMany({});
  const rare = buildFailover({ client: 'rare' });
  const rows = Array.from({ length: 400 }, (_, index) =>
    buildFailover({ client: index % 2 ? 'busy' : 'other', drill: index % 20 === 0 }),
  );
  await failovers.insertMany([rare, ...rows]);
  const find = vi.spyOn(toNative(failovers), 'find');
  const page = { limit: 5, beforeId: rows[100]?._id ?? null };
  expect(await findFailovers(bed.store, filter, page)).toHaveLength(expected);
  const cursor = find.mock.results[0]?.value as mongo.FindCursor;
  find.mockRestore();
  const explained = await cursor.clone().explain('executionStats');
  expect(explained['executionStats'].totalKeysExamined).toBeLessThanOrEqual(2 * page.limit);
  expect(JSON.stringify(explained['executionStats'])).not.toContain('"SORT"');
});

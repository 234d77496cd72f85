import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFailover } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { createLedger } from '../ledger.ts';
import { findFailovers } from './find-failovers.ts';

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

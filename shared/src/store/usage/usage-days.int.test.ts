import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildAttempt, buildAttemptEnd } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { usageDays } from '../migrations/011-usage-days.ts';
import { countAttempts } from './count-attempts.ts';
import { readUsageSums } from './read-usage-sums.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.usageBuckets.deleteMany({});
  await bed.store.usageDays.deleteMany({});
});

const from = new Date('2026-03-04T00:00:00Z');
const to = new Date('2026-03-06T00:00:00Z');
const HOURS = ['2026-03-04T00:00:00Z', '2026-03-04T23:59:59.999Z', '2026-03-05T12:00:00Z'];

/** An answer and a failure in each hour, by two clients, beside a test that is no real traffic. */
async function count(shard: number) {
  const attempts = HOURS.flatMap((at, index) =>
    [
      buildAttemptEnd({ durationMs: 100 * (index + 1) }),
      buildAttemptEnd({ outcome: 'failed', fault: 'timeout', costNanoUsd: null, pricing: 'unpriced' }),
    ].flatMap((end, client) => [
      { ...buildAttempt({ client: `client ${client}`, settledAt: new Date(at) }), ...end },
      { ...buildAttempt({ purpose: 'test', settledAt: new Date(at) }), ...end },
    ]),
  );
  await bed.store.attempts.insertMany(attempts);
  const ids = attempts.map(({ _id }) => _id);
  await Promise.all([countAttempts(bed.store, ids, shard), countAttempts(bed.store, ids, shard + 1)]);
}
const read = async (width: 'hour' | 'day') =>
  (await readUsageSums(bed.store, { providerIds: ['prv_1'], spans: [{ width, from, to }] })).get('prv_1');

it('adds to the day what it adds to the hours, and nothing but real traffic', async () => {
  await count(0);
  await count(3);
  const days = await bed.store.usageDays.find().sort({ at: 1 }).lean();
  expect(days.map(({ at, requests }) => [at.toISOString().slice(0, 10), requests])).toEqual([
    ['2026-03-04', 4],
    ['2026-03-04', 4],
    ['2026-03-05', 2],
    ['2026-03-05', 2],
  ]);
  expect(await read('day')).toEqual(await read('hour'));
  expect(await read('day')).toMatchObject({ requests: 12, successes: 6, faults: { timeout: 6 } });
});

it('makes the days of an older ledger from its hours, once, however often it is tried', async () => {
  await count(0);
  const hours = await read('hour');
  await bed.store.usageDays.deleteMany({});
  await usageDays.up(bed.store);
  await usageDays.up(bed.store);
  expect(await read('day')).toEqual(hours);
  await count(0);
  expect(await read('day')).toEqual(await read('hour'));
});

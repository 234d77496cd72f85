import { array, assert, boolean, constantFrom, integer, nat, oneof, property, record } from 'fast-check';
import { expect, it } from 'vitest';
import { buildAttempt, buildAttemptEnd } from '../../testing/builders.ts';
import { HOUR_MS } from '../../runtime/durations.ts';
import { toCorrections, toIncrements, type SettledAttempt } from './bucket.ts';
import { addBucket, createUsageSum, toUsageTotals, type UsageSum } from './to-usage-totals.ts';

const START = Date.parse('2026-03-04T00:00:00Z');

/** Whole milliseconds, as attempts have them; the ends of what the histogram holds come up often. */
const duration = oneof(
  integer({ min: 1, max: 600_000 }),
  integer({ min: 1, max: 50 }),
  constantFrom(1, 2, 599_999, 600_000),
);
/** What each attempt takes, and where it comes to lie: its hour, its shard, and the batch that it is counted with. */
const placed = array(
  record({
    durationMs: duration,
    hour: nat({ max: 5 }),
    shard: nat({ max: 7 }),
    batch: nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 400 },
);

const settle = (durationMs: number, hour = 0, more: Partial<SettledAttempt> = {}): SettledAttempt => ({
  ...buildAttempt(),
  ...buildAttemptEnd({ durationMs }),
  settledAt: new Date(START + hour * HOUR_MS),
  ...more,
});

/** A bucket as increments leave it. */
function toBucket(increments: Record<string, number>): UsageSum {
  const bucket = createUsageSum();
  for (const [path, amount] of Object.entries(increments)) {
    const [field = '', key] = path.split('.');
    const target = (key === undefined ? bucket : Reflect.get(bucket, field)) as Record<string, number>;
    if (target) target[key ?? field] = (target[key ?? field] ?? 0) + amount;
  }
  return bucket;
}

/** The value at rank ⌊q(n-1)⌋, which is what the histogram's quantile stands for. */
const toExact = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? NaN;

it('gives p50, p95 and p99 within 2 % of the exact ones, however attempts lie over hours, shards and batches', () => {
  assert(
    property(placed, boolean(), (attempts, isReversed) => {
      const groups = Map.groupBy(attempts, ({ shard, batch }) => `${shard} ${batch}`);
      const buckets = [...groups.values()].flatMap((group) =>
        toIncrements(
          group.map(({ durationMs, hour }) => settle(durationMs, hour)),
          group[0]?.shard ?? 0,
        ),
      );
      const total = createUsageSum();
      for (const { increments } of isReversed ? buckets.toReversed() : buckets) {
        addBucket(total, toBucket(increments));
      }
      const { p50Ms, p95Ms, p99Ms, requestCount } = toUsageTotals(total);
      expect(requestCount).toBe(attempts.length);
      const values = attempts.map(({ durationMs }) => durationMs);
      for (const [told, q] of [
        [p50Ms, 0.5],
        [p95Ms, 0.95],
        [p99Ms, 0.99],
      ] as const) {
        const exact = toExact(values, q);
        expect(Math.abs((told ?? NaN) - exact) / exact).toBeLessThanOrEqual(0.02 + 1e-9);
      }
    }),
  );
});

it('makes a bucket of what was priced again, which with the first is the sum of the attempts as they are now', () => {
  const before = settle(50, 0, { costNanoUsd: null, pricing: 'unpriced', counted: true });
  const after: SettledAttempt = { ...before, costNanoUsd: 700, pricing: 'priced' };
  const total = createUsageSum();
  const counted = [...toIncrements([before], 3), ...toCorrections([{ before, after }])];
  for (const { increments } of counted) addBucket(total, toBucket(increments));
  const [expected] = toIncrements([after], 3).map(({ increments }) => toBucket(increments));
  expect(toUsageTotals(total)).toEqual(toUsageTotals(expected ?? createUsageSum()));
  expect(toUsageTotals(total)).toMatchObject({
    unpricedCount: 0,
    totalCostUsd: 7e-7,
    p50Ms: expect.any(Number),
  });
});

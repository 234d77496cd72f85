import { array, assert, double, property } from 'fast-check';
import { expect, it } from 'vitest';
import { addByKey } from '../add-by-key.ts';
import { toBin, toQuantile, type Bins } from './sketch.ts';

const durations = array(double({ min: 1, max: 600_000, noNaN: true }), {
  minLength: 1,
  maxLength: 500,
});
const quantile = double({ min: 0, max: 1, noNaN: true });

function toBins(values: number[]): Bins {
  const bins: Bins = {};
  for (const value of values) addByKey(bins, { [toBin(value)]: 1 });
  return bins;
}
const toExact = (values: number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;

it('gives every quantile within 2 % of the true one', () => {
  assert(
    property(durations, quantile, (values, q) => {
      const exact = toExact(values, q);
      const error = Math.abs(toQuantile(toBins(values), q)! - exact) / exact;
      expect(error).toBeLessThanOrEqual(0.02 + 1e-9);
    }),
  );
});

it('loses nothing in merging: merged histograms are the histogram of all', () => {
  assert(
    property(durations, durations, (some, others) => {
      const merged = toBins(some);
      addByKey(merged, toBins(others));
      expect(merged).toEqual(toBins([...some, ...others]));
    }),
  );
});

it('holds what is below 1 ms and above 600 s at its ends', () => {
  expect(toBin(0)).toBe(toBin(1));
  expect(toBin(-5)).toBe(toBin(1));
  expect(toBin(10_000_000)).toBe(toBin(600_000));
  expect(toBin(600_000)).toBeLessThan(334);
});

it('knows no quantile of nothing', () => {
  expect(toQuantile({}, 0.5)).toBeNull();
});

import { expect, test } from 'vitest';
import { createBackoff } from './backoff.ts';

const options = { firstMs: 250, maxMs: 1_000, stableMs: 30_000 };

test('doubles the wait up to its limit', () => {
  const backoff = createBackoff(options);
  expect([10, 10, 10, 10].map(backoff.next)).toEqual([250, 500, 1_000, 1_000]);
});

test('begins anew after a run that was long enough', () => {
  const backoff = createBackoff(options);
  expect([10, 10, 30_000, 10].map(backoff.next)).toEqual([250, 500, 250, 500]);
});

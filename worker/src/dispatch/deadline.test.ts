import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { isJobOver, MIN_ATTEMPT_MS, toAttemptLimitMs } from './deadline.ts';

const moment = fc.integer({ min: 0, max: 10_000_000 });
const budgets = fc.record({ dispatchEndsAt: moment, jobEndsAt: moment });
const timeouts = fc.integer({ min: 250, max: 300_000 });

it('never lets an attempt outlast its time-out, its dispatch or its job', () => {
  fc.assert(
    fc.property(budgets, moment, timeouts, (budget, now, timeoutMs) => {
      const limitMs = toAttemptLimitMs(budget, now, timeoutMs);
      if (limitMs === null) return;
      expect(limitMs).toBeGreaterThanOrEqual(MIN_ATTEMPT_MS);
      expect(limitMs).toBeLessThanOrEqual(timeoutMs);
      expect(now + limitMs).toBeLessThanOrEqual(budget.dispatchEndsAt);
      expect(now + limitMs).toBeLessThanOrEqual(budget.jobEndsAt);
    }),
  );
});

it('starts an attempt exactly while 250 ms are left', () => {
  fc.assert(
    fc.property(budgets, moment, timeouts, (budget, now, timeoutMs) => {
      const leftMs = Math.min(budget.dispatchEndsAt, budget.jobEndsAt) - now;
      expect(toAttemptLimitMs(budget, now, timeoutMs) !== null).toBe(leftMs >= MIN_ATTEMPT_MS);
    }),
  );
});

it('gives up a job only when no later dispatch could start an attempt either', () => {
  const budget = { dispatchEndsAt: 0, jobEndsAt: 1_000 };
  expect(isJobOver(budget, 750)).toBe(false);
  expect(isJobOver(budget, 751)).toBe(true);
});

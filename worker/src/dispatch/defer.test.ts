import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { toFault } from '../testing/fake-adapter.ts';
import type { CandidateEnd } from './conclude.ts';
import { toNextTryAt } from './defer.ts';

const NOW = 1_000_000;
const down: CandidateEnd = { kind: 'faulted', fault: toFault('network'), untilAt: null };
const openUntil = (ms: number): CandidateEnd => ({
  kind: 'passed_over',
  reason: 'circuit_open',
  untilAt: NOW + ms,
});

function nextTryMs(overrides: Partial<Parameters<typeof toNextTryAt>[0]>) {
  const nextTryAt = toNextTryAt({
    ends: [down],
    nowMs: NOW,
    acceptedAt: new Date(NOW),
    deadlineAt: new Date(NOW + 86_400_000),
    degradeAt: null,
    random: 0,
    ...overrides,
  });
  return nextTryAt.getTime() - NOW;
}

it.each([
  [0, 1_000],
  [2_000, 1_000],
  [20_000, 10_000],
  [600_000, 30_000],
])('waits for half the age of a job that is %i ms old, 1 to 30 s', (ageMs, waitMs) => {
  expect(nextTryMs({ acceptedAt: new Date(NOW - ageMs) })).toBe(waitMs);
});

it('waits for the first provider that may be free', () => {
  expect(nextTryMs({ ends: [openUntil(9_000), openUntil(7_000)] })).toBe(7_000);
  expect(nextTryMs({ ends: [openUntil(9_000), down] })).toBe(1_000);
});

it('looks again after five minutes, however long a provider is out of reach', () => {
  expect(nextTryMs({ ends: [openUntil(86_400_000)] })).toBe(300_000);
});

it('comes back soon to one that is merely full', () => {
  const full: CandidateEnd = { kind: 'passed_over', reason: 'concurrency', untilAt: null };
  expect(nextTryMs({ ends: [openUntil(9_000), full] })).toBe(250);
});

it('wakes for local as soon as it may step in', () => {
  expect(nextTryMs({ ends: [openUntil(30_000)], degradeAt: NOW + 8_000 })).toBe(8_000);
});

it('is never in the past and never past the deadline', () => {
  const anyEnd = fc.oneof(
    fc.constant(down),
    fc.integer({ min: -100_000, max: 100_000 }).map(openUntil),
    fc.constant<CandidateEnd>({ kind: 'untried' }),
  );
  fc.assert(
    fc.property(
      fc.array(anyEnd, { maxLength: 5 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 0, max: 100_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ends, ageMs, leftMs, random) => {
        const waitMs = nextTryMs({
          ends,
          acceptedAt: new Date(NOW - ageMs),
          deadlineAt: new Date(NOW + leftMs),
          random,
        });
        expect(waitMs).toBeGreaterThanOrEqual(Math.min(250, leftMs));
        expect(waitMs).toBeLessThanOrEqual(leftMs);
      },
    ),
  );
});

import { expect, it } from 'vitest';
import { toCost, toPassedOverEnd, toWaitingWords } from './job.ts';

it.each([
  [0, 'free', '$0'],
  [0.0001, 'priced', '$0.0001'],
  [0.02, 'estimated', '≈ $0.02'],
  [0.02, 'partial', '≥ $0.02'],
  [null, 'unpriced', 'no price known'],
  [null, null, '–'],
] as const)('writes a cost of %j that is %j as %s', (cost, pricing, text) => {
  expect(toCost(cost, pricing)).toBe(text);
});

it('says when a job that waits is tried next, where that is before its deadline', () => {
  const now = new Date('2026-03-01T12:00:00.000Z');
  const deadlineAt = '2026-03-01T12:30:00.000Z';
  const toWords = (nextTryAt: string) =>
    toWaitingWords({ deferred: { reason: 'no_provider_available', nextTryAt }, deadlineAt }, now);
  expect(toWords('2026-03-01T12:00:30.000Z')).toMatch(/ Next try at \d\d:00:30\.$/);
  expect(toWords(deadlineAt)).toBe(
    'It waits because no provider can take it now. As things stand it is not tried again before its deadline.',
  );
  expect(toWaitingWords({ deferred: null, deadlineAt }, now)).toBeNull();
});

it('names no end of what a budget keeps out, which has room again before its month ends', () => {
  const until = '2026-12-01T00:00:00.000Z';
  expect(toPassedOverEnd({ reason: 'budget', until })).toBeNull();
  expect(toPassedOverEnd({ reason: 'cooldown', until })).toBe(until);
});

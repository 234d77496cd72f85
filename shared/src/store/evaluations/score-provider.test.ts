import { expect, it } from 'vitest';
import type { JobUsage } from '../jobs/model.ts';
import { scoreProvider, type SampleOutcome } from './score-provider.ts';

/** Score and confusion in one. */
const scoreAll = (outcomes: readonly SampleOutcome[], multiLabel: boolean) => {
  const { score, confusion } = scoreProvider(outcomes, { multiLabel });
  return { ...score, confusion };
};

const usage: JobUsage = { inputTokens: 10, outputTokens: 1, costNanoUsd: 500, pricing: 'priced' };
const outcome = (
  expected: string[],
  answered: string[] | null,
  more: Partial<SampleOutcome> = {},
): SampleOutcome => ({
  kind: answered ? 'answered' : 'unanswered',
  expected,
  answered: answered ?? [],
  usage,
  durationMs: answered ? 100 : null,
  ...more,
});
const single = (...pairs: [expected: string, answered: string | null][]) =>
  scoreAll(
    pairs.map(([expected, answered]) => outcome([expected], answered === null ? null : [answered])),
    false,
  );

it('gives what scikit-learn gives for its own example of f1_score', () => {
  // y_true = [0, 1, 2, 0, 1, 2], y_pred = [0, 2, 1, 0, 0, 1]: macro 0.2666…
  const score = single(['0', '0'], ['1', '2'], ['2', '1'], ['0', '0'], ['1', '0'], ['2', '1']);
  expect(score.macroF1).toBeCloseTo(0.8 / 3, 12);
  expect(score).toMatchObject({ done: 6, answered: 6, correct: 2, accuracy: 2 / 6 });
});

it('counts a sample without an answer as wrong, and as a miss of its label', () => {
  // a: 1 hit, 1 missed: F1 2/3. b: 1 hit, 1 too many: F1 2/3. c: missed: 0.
  const score = single(['a', 'a'], ['a', 'b'], ['b', 'b'], ['c', null]);
  expect(score.macroF1).toBeCloseTo((2 / 3 + 2 / 3 + 0) / 3, 12);
  expect(score).toMatchObject({ done: 4, answered: 3, correct: 2, accuracy: 0.5 });
  expect(score.confusion).toEqual([
    { expected: 'a', answered: 'a', count: 1 },
    { expected: 'a', answered: 'b', count: 1 },
    { expected: 'b', answered: 'b', count: 1 },
    { expected: 'c', answered: null, count: 1 },
  ]);
});

it('leaves labels out of the mean that nobody expected or answered', () => {
  expect(single(['a', 'a'], ['b', 'b']).macroF1).toBe(1);
});

it('takes several labels as correct only as a whole, and scores each by itself', () => {
  const score = scoreAll(
    [
      outcome(['a', 'b'], ['b', 'a']),
      outcome(['a'], ['a', 'b']),
      outcome([], []),
      outcome([], ['b']),
      outcome(['b'], null),
    ],
    true,
  );
  expect(score).toMatchObject({ done: 5, answered: 4, correct: 2, accuracy: 0.4 });
  // a: 2 hits: 1. b: 1 hit, 2 too many, 1 missed: 2/5.
  expect(score.macroF1).toBeCloseTo((1 + 0.4) / 2, 12);
  expect(score.confusion).toEqual([
    { expected: 'a', answered: 'a', count: 2 },
    { expected: null, answered: 'b', count: 2 },
    { expected: 'b', answered: 'b', count: 1 },
    { expected: 'b', answered: null, count: 1 },
  ]);
});

it('leaves what was not asked out of everything but the cost', () => {
  const open = outcome(['a'], null, { kind: 'open' });
  const unpriced = outcome(['a'], ['a'], { usage: { ...usage, costNanoUsd: null, pricing: 'unpriced' } });
  expect(scoreAll([outcome(['a'], ['a']), open], false)).toMatchObject({
    done: 1,
    accuracy: 1,
    costNanoUsd: 1_000,
    pricing: 'priced',
  });
  expect(scoreAll([open, unpriced], false)).toMatchObject({
    costNanoUsd: 500,
    pricing: 'partial',
  });
  expect(scoreAll([], false)).toMatchObject({
    done: 0,
    accuracy: null,
    macroF1: null,
    p50Ms: null,
  });
});

it('takes percentiles by the nearest rank, of answers alone', () => {
  const answers = Array.from({ length: 20 }, (_, index) => outcome(['a'], ['a'], { durationMs: 20 - index }));
  const score = scoreAll([...answers, outcome(['a'], null, { durationMs: 9_999 })], false);
  expect(score).toMatchObject({ p50Ms: 10, p95Ms: 19 });
});

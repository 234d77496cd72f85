import { expect, it } from 'vitest';
import { toProbabilities, toShares } from './confidence.ts';

const none = { words: 0, pairs: 0, trigrams: 0, neighbours: 0, coverage: 0 };
const full = { words: 1, pairs: 1, trigrams: 1, neighbours: 1, coverage: 1 };
const some = { words: 0.6, pairs: 0.2, trigrams: 0.6, neighbours: 0.3, coverage: 0.4 };

it('shares certainty evenly when nothing speaks for any label', () => {
  expect(toShares([none, none, none, none], 10)).toEqual([0.25, 0.25, 0.25, 0.25]);
});

it('shares that sum to one rise with the evidence', () => {
  const [first, second, third] = toShares([full, some, none], 10);
  expect(first! + second! + third!).toBeCloseTo(1);
  expect(first).toBeGreaterThan(second!);
  expect(second).toBeGreaterThan(third!);
});

it('is surer of the same lead when more examples stand behind it', () => {
  expect(toShares([full, some], 100)[0]).toBeGreaterThan(toShares([full, some], 0)[0]!);
});

it('judges each label by itself with multiple labels', () => {
  const [alone] = toProbabilities([full, none], 10);
  const [first, second] = toProbabilities([full, full], 10);
  expect(first).toBe(alone);
  expect(second).toBe(first);
  expect(first).toBeGreaterThan(0.5);
});

it('takes no label with multiple labels when nothing speaks for one', () => {
  expect(Math.max(...toProbabilities([none, none], 100))).toBeLessThan(0.05);
});

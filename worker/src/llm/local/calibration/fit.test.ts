import { createRandom } from '@understudy/shared/testing/random';
import { expect, it } from 'vitest';
import { toCalibrationError } from './measure.ts';
import { fitWeights, MULTI_LINK, SINGLE_LINK } from './fit.ts';
import { shuffled } from './shuffled.ts';
import { solve } from './solve.ts';

const setting = { labelCount: 2, examples: 0 };

it('solves linear equations, also with a zero on the diagonal', () => {
  const equations = [
    [0, 2, 4],
    [3, 1, 5],
  ];
  expect(solve(equations)).toEqual([1, 2]);
});

it('finds the weight that makes the shares true: three wins in four are log 3', () => {
  const cases = [0, 0, 0, 1].map((answer) => ({ features: [[1], [0]], answer, ...setting }));
  expect(fitWeights(cases, SINGLE_LINK)[0]).toBeCloseTo(Math.log(3), 1);
});

it('finds the weight of labels judged by themselves: one in five is log 1/4', () => {
  const cases = [0, null, null, null, null].map((answer) => ({ features: [[1]], answer, ...setting }));
  expect(fitWeights(cases, MULTI_LINK)[0]).toBeCloseTo(Math.log(1 / 4), 1);
});

it('measures how far confidence is from accuracy', () => {
  const answers = [true, true, false, false].map((right) => ({ confidence: 0.9, right }));
  expect(toCalibrationError(answers)).toBeCloseTo(0.4);
  expect(toCalibrationError([{ confidence: 1, right: true }])).toBe(0);
});

it('draws the same order for the same seed', () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  expect(shuffled(items, createRandom(3))).toEqual(shuffled(items, createRandom(3)));
  expect(shuffled(items, createRandom(3))).not.toEqual(shuffled(items, createRandom(4)));
  expect(shuffled(items, createRandom(3)).toSorted((left, right) => left - right)).toEqual(items);
});

import { expect, it } from 'vitest';
import { createOutcomeWindow } from './outcome-window.ts';

it('counts what lies within the window, by kind', () => {
  const window = createOutcomeWindow(30_000);
  window.add('good', 0);
  window.add('bad', 500);
  window.add('invalid', 20_000);
  expect(window.count(20_000, 30_000)).toMatchObject({ good: 1, bad: 1, invalid: 1 });
  expect(window.count(30_000, 30_000)).toMatchObject({ good: 0, bad: 0, invalid: 1 });
  expect(window.count(60_000, 30_000)).toMatchObject({ good: 0, bad: 0, invalid: 0 });
});

it('counts slow ones in a row, which only a good one ends', () => {
  const window = createOutcomeWindow(30_000);
  window.add('slow', 0);
  window.add('bad', 1);
  window.add('slow', 120_000);
  expect(window.count(120_000, 30_000).slowInARow).toBe(2);
  window.add('good', 120_001);
  expect(window.count(120_001, 30_000).slowInARow).toBe(0);
});

import { expect, it } from 'vitest';
import { createOutcomeWindow } from './outcome-window.ts';

it('counts what lies within the window, by kind', () => {
  const window = createOutcomeWindow(30_000);
  window.add('good', 0);
  window.add('bad', 500);
  window.add('invalid', 20_000);
  expect(window.count(20_000, 30_000)).toEqual({ good: 1, bad: 1, invalid: 1 });
  expect(window.count(30_000, 30_000)).toEqual({ good: 0, bad: 0, invalid: 1 });
  expect(window.count(60_000, 30_000)).toEqual({ good: 0, bad: 0, invalid: 0 });
});

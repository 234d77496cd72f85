import { expect, it } from 'vitest';
import { toCountMark } from './count-mark.ts';

it('marks whole numbers only: there is no half a call', () => {
  expect([0, 0.5, 1, 1_500].map(toCountMark)).toEqual(['0', '', '1', '1,500']);
});

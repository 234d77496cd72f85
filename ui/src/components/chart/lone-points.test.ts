import { expect, it } from 'vitest';
import { toLonePoints } from './lone-points.ts';

it('finds the values that no line would show', () => {
  expect(toLonePoints([1, null, 2, 3, null, 4, null, null, 0])).toEqual([0, 5, 8]);
  expect(toLonePoints([5])).toEqual([0]);
  expect(toLonePoints([1, 2, null])).toEqual([]);
});

import { expect, it } from 'vitest';
import { toCost } from './job.ts';

it.each([
  [0, 'free', 'free'],
  [0.0001, 'priced', '$0.0001'],
  [0.02, 'estimated', '≈ $0.02'],
  [0.02, 'partial', '≥ $0.02'],
  [null, 'unpriced', 'no price known'],
  [null, null, '–'],
] as const)('writes a cost of %j that is %j as %s', (cost, pricing, text) => {
  expect(toCost(cost, pricing)).toBe(text);
});

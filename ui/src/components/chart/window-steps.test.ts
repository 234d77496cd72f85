import { expect, it } from 'vitest';
import { toSteps } from './window-steps.ts';

const now = Date.parse('2026-11-26T12:34:00Z');

it.each(['1h', '24h', '7d', '30d'] as const)('has the steps of %s up to the one under way', (window) => {
  const steps = toSteps(window, now);
  const begin = { '1h': 1 / 24, '24h': 1, '7d': 7, '30d': 30 }[window] * 86_400_000;
  expect(steps.at(-1)).toBeLessThanOrEqual(now);
  expect(steps[0]).toBeLessThanOrEqual(now - begin + 86_400_000);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
});

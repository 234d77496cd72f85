import { expect, it } from 'vitest';
import { toHedgeTiming, toWaits } from './hedge-timing.ts';

const settings = { hedgeAfterMs: 2_500, hedgeMaxMs: 4_000 };
const answers = (p95Ms: number, p99Ms: number, count = 50) => ({ count, medianMs: p95Ms / 2, p95Ms, p99Ms });

it('waits as configured for a provider that has answered too little, and judges nobody by it', () => {
  const unknown = { hedgeAfterMs: 2_500, cutAfterMs: 4_000, isQuick: false };
  expect(toHedgeTiming(null, settings)).toEqual(unknown);
  expect(toHedgeTiming(answers(0, 0, 0), settings)).toEqual(unknown);
  expect(toHedgeTiming(answers(100, 100, 19), settings)).toEqual(unknown);
  expect(toHedgeTiming(answers(100, 100, 20), settings)).not.toEqual(unknown);
});

it('learns 1.5 times the p95, from 250 ms to the longest wait', () => {
  expect(toHedgeTiming(answers(800, 900), settings).hedgeAfterMs).toBe(1_200);
  expect(toHedgeTiming(answers(20, 30), settings).hedgeAfterMs).toBe(250);
  expect(toHedgeTiming(answers(3_900, 9_000), settings).hedgeAfterMs).toBe(4_000);
});

it('cuts past both that and the p99, but never later than the longest wait', () => {
  expect(toHedgeTiming(answers(800, 900), settings)).toMatchObject({ cutAfterMs: 1_200, isQuick: true });
  expect(toHedgeTiming(answers(800, 3_000), settings)).toMatchObject({ cutAfterMs: 3_000, isQuick: true });
  expect(toHedgeTiming(answers(3_000, 6_000), settings)).toMatchObject({
    cutAfterMs: 4_000,
    isQuick: false,
  });
});

it('never waits longer than the longest wait, whatever is configured for the unknown', () => {
  expect(toHedgeTiming(answers(0, 0, 0), { hedgeAfterMs: 9_000, hedgeMaxMs: 3_000 })).toMatchObject({
    hedgeAfterMs: 3_000,
    cutAfterMs: 3_000,
  });
});

it('leaves the next as much time as it takes, where a job or its dispatch has little left', () => {
  const timing = toHedgeTiming(answers(1_200, 3_000), settings);
  expect(toWaits(timing, 60_000)).toEqual({ hedgeAfterMs: 1_800, cutAfterMs: 3_000 });
  expect(toWaits(timing, 4_000)).toEqual({ hedgeAfterMs: 1_800, cutAfterMs: 2_000 });
  expect(toWaits(timing, 1_000)).toEqual({ hedgeAfterMs: 500, cutAfterMs: 500 });
});

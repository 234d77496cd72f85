import type { Attempt } from '@understudy/shared/contracts/classification';
import { expect, it } from 'vitest';
import { toWaterfall } from './waterfall.ts';

const attempt = (startedAt: string, durationMs: number | null) =>
  ({ startedAt: `2026-01-01T00:00:${startedAt}Z`, durationMs }) as Attempt;
const now = new Date('2026-01-01T00:00:10.000Z');

it('puts attempts on one axis, those of a hedge side by side', () => {
  const { bars, totalMs } = toWaterfall([attempt('00.000', 4_000), attempt('02.000', 1_000)], now);
  expect(totalMs).toBe(4_000);
  expect(bars).toMatchObject([
    { offsetMs: 0, start: 0, width: 1 },
    { offsetMs: 2_000, start: 0.5, width: 0.25 },
  ]);
});

it('draws an attempt under way up to now', () => {
  const { bars, totalMs } = toWaterfall([attempt('00.000', 5_000), attempt('05.000', null)], now);
  expect(totalMs).toBe(10_000);
  expect(bars[1]).toMatchObject({ start: 0.5, width: 0.5 });
});

it('keeps what took no time visible and within the axis', () => {
  const { bars } = toWaterfall([attempt('00.000', 1_000), attempt('01.000', 0)], now);
  expect(bars[1]?.width).toBeGreaterThan(0);
  expect((bars[1]?.start ?? 0) + (bars[1]?.width ?? 0)).toBeLessThanOrEqual(1);
  expect(toWaterfall([attempt('00.000', 0)], now).bars).toMatchObject([{ start: 0, width: 0.006 }]);
});

it('has nothing to draw without attempts', () => {
  expect(toWaterfall([], now)).toEqual({ bars: [], totalMs: 0 });
});

import type { StatsWindow } from '@understudy/shared/contracts/stats';

const HOUR_MS = 3_600_000;
const STEP_MS: Record<StatsWindow, number> = {
  '1h': HOUR_MS,
  '24h': HOUR_MS,
  '7d': HOUR_MS,
  '30d': 24 * HOUR_MS,
};
const STEPS: Record<StatsWindow, number> = { '1h': 2, '24h': 25, '7d': 169, '30d': 31 };

/** The times of a window's steps, in milliseconds, oldest first; the last one is under way. */
export function toSteps(window: StatsWindow, now: number): number[] {
  const step = STEP_MS[window];
  const last = Math.floor(now / step) * step;
  return Array.from({ length: STEPS[window] }, (_, index) => last - (STEPS[window] - 1 - index) * step);
}

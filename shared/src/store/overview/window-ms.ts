import type { StatsWindow } from '../../contracts/stats.ts';
import { DAY_MS, HOUR_MS } from '../../runtime/durations.ts';

/** How long each window of the statistics is, in milliseconds. */
export const WINDOW_MS: Record<StatsWindow, number> = {
  '1h': HOUR_MS,
  '24h': DAY_MS,
  '7d': 7 * DAY_MS,
  '30d': 30 * DAY_MS,
};

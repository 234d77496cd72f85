import type { StatsWindow } from './stats.ts';

/** How long each window of the statistics is, in milliseconds. This module has no schema: the console loads it early. */
export const WINDOW_MS: Record<StatsWindow, number> = {
  '1h': 3_600_000,
  '24h': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

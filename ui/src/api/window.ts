import type { StatsWindow } from '@understudy/shared/contracts/stats';
import { WINDOW_MS } from '@understudy/shared/contracts/window-ms';

/** The window that ends now. */
export function toRange(window: StatsWindow): { from: string; to: string } {
  const now = Date.now();
  return { from: new Date(now - WINDOW_MS[window]).toISOString(), to: new Date(now).toISOString() };
}

/** The window that ends now, by the hour, or by the day where it is long. */
export function toUsageRange(window: StatsWindow) {
  return { ...toRange(window), interval: window === '30d' ? ('day' as const) : ('hour' as const) };
}

import type { Overview, StatsWindow } from '../../contracts/stats.ts';
import { readAvailability } from '../availability/read-availability.ts';
import { MINUTE_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';
import { CONNECTIVITY_TARGET } from '../health/connectivity.ts';
import { readJobStats } from '../job-stats/read-job-stats.ts';
import { toQuantile, type Bins } from '../usage/sketch.ts';
import { toUsd } from '../usage/nano-usd.ts';
import { readWindowUsage } from './read-window-usage.ts';
import { WINDOW_MS } from '../../contracts/window-ms.ts';

/** The part of the overview that is about a window, and the ends in it by state. */
export type WindowStats = Omit<Overview, 'jobs' | 'queue' | 'workers'> & {
  ended: Record<'succeeded' | 'failed' | 'cancelled', number>;
};

/** Reads buckets, and of the jobs only those of the last seconds; never the window's jobs themselves. */
export async function readWindowStats(store: Store, window: StatsWindow, now: number): Promise<WindowStats> {
  const windowMs = WINDOW_MS[window];
  const [jobs, usage, availability] = await Promise.all([
    readJobStats(store, windowMs, now),
    readWindowUsage(store, windowMs, now),
    readAvailability(store, now, window),
  ]);
  const { accepted, succeeded, failed, cancelled } = jobs;
  const { attempts, connectErrors: errors, costNanoUsd, pricing } = usage;
  const minutes = jobs.spanMs / MINUTE_MS;
  return {
    window,
    ended: { succeeded, failed, cancelled },
    submittedPerMinute: accepted / minutes,
    finishedPerMinute: (succeeded + failed + cancelled) / minutes,
    queueWait: toPercentiles(jobs.wait),
    answer: toPercentiles(jobs.answer),
    availability,
    connectivity: {
      window,
      attempts,
      errors,
      ratio: attempts === 0 ? null : errors / attempts,
      target: CONNECTIVITY_TARGET,
    },
    spend: { costUsd: pricing === 'unpriced' ? null : toUsd(costNanoUsd), pricing },
  };
}

function toPercentiles(bins: Bins) {
  return { p50Ms: toQuantile(bins, 0.5), p95Ms: toQuantile(bins, 0.95) };
}

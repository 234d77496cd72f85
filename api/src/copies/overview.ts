import type { Redis } from 'ioredis';
import type { Overview, StatsWindow } from '@understudy/shared/contracts/stats';
import type { Clock } from '@understudy/shared/runtime/clock';
import { readFleetWorkers } from '@understudy/shared/runtime/fleet-workers';
import type { Store } from '@understudy/shared/store/connect';
import { readOpenJobs } from '@understudy/shared/store/overview/read-open-jobs';
import { readWindowStats, type WindowStats } from '@understudy/shared/store/overview/read-window-stats';
import { WINDOW_MS } from '@understudy/shared/store/overview/window-ms';

export interface OverviewReader {
  /** The service at a glance. Many who ask at once cost one reading. */
  read(window: StatsWindow): Promise<Overview>;
}

/** What is read of a window is kept for a 50,000th of it, at least a second: 1.7 s of a day, 52 s of 30 days. */
const KEPT_SHARE = 1 / 50_000;
const KEPT_AT_LEAST_MS = 1_000;

interface Kept {
  readAt: number;
  stats: Promise<WindowStats>;
}

export function createOverviewReader(options: {
  store: Store;
  redis: Redis;
  prefix: string;
  clock: Clock;
}): OverviewReader {
  const { store, redis, prefix, clock } = options;
  const kept = new Map<StatsWindow, Kept>();
  const reading = new Map<StatsWindow, Promise<Overview>>();

  function readStats(window: StatsWindow): Promise<WindowStats> {
    const now = clock.monotonic();
    const known = kept.get(window);
    const keptMs = Math.max(KEPT_AT_LEAST_MS, WINDOW_MS[window] * KEPT_SHARE);
    if (known && now - known.readAt < keptMs) return known.stats;
    const stats = readWindowStats(store, window, clock.now());
    kept.set(window, { readAt: now, stats });
    // A reading that failed is not kept.
    stats.catch(() => kept.delete(window));
    return stats;
  }

  async function read(window: StatsWindow): Promise<Overview> {
    const [{ ended, ...stats }, open, workers] = await Promise.all([
      readStats(window),
      readOpenJobs(store),
      readFleetWorkers(redis, prefix).catch(() => null),
    ]);
    const { queued, processing, deferred, oldestQueuedAt } = open;
    return {
      ...stats,
      jobs: { queued, processing, deferred, ...ended },
      queue: {
        waiting: queued,
        active: processing,
        deferred,
        oldestWaitingMs: oldestQueuedAt && Math.max(0, clock.now() - oldestQueuedAt.getTime()),
      },
      workers,
    };
  }

  return {
    read(window) {
      const known = reading.get(window);
      if (known) return known;
      const started = read(window).finally(() => reading.delete(window));
      reading.set(window, started);
      return started;
    },
  };
}

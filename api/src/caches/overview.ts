import {
  STATS_WINDOWS,
  type Overview,
  type StatsWindow,
  type WorkerProcess,
} from '@understudy/shared/contracts/stats';
import type { Clock } from '@understudy/shared/runtime/clock';
import { readFleetWorkers } from '@understudy/shared/fleet/workers';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import { findOldestWaiting } from '@understudy/shared/store/jobs/find-oldest-waiting';
import { findOldestQueued } from '@understudy/shared/store/overview/find-oldest-queued';
import { readOpenJobs, type OpenJobs } from '@understudy/shared/store/overview/read-open-jobs';
import { readWindowStats } from '@understudy/shared/store/overview/read-window-stats';
import { WINDOW_MS } from '@understudy/shared/contracts/window-ms';
import { createCachedReading } from './cached-reading.ts';

export interface OverviewReader {
  /** The jobs that have not ended. */
  readOpen(): Promise<OpenJobs>;
  /** How long the oldest queued job has waited, milliseconds; null where none waits. Quick, however many do. */
  readOldestWaitingMs(): Promise<number | null>;
  /** How long the oldest job has waited that somebody should have answered, milliseconds; null where none does. */
  readStalledMs(): Promise<number | null>;
  /** The worker processes that live; null while Redis is away. */
  readWorkers(): Promise<WorkerProcess[] | null>;
  /** The service at a glance. Many who ask at once cost one reading. */
  read(window: StatsWindow): Promise<Overview>;
}

/** What is read of a window is kept for a 50,000th of it, at least a second: 1.7 s of a day, 52 s of 30 days. */
const toWindowFreshMs = (window: StatsWindow) => Math.max(1_000, WINDOW_MS[window] / 50_000);

export function createOverviewReader(options: {
  store: Store;
  redis: Redis;
  prefix: string;
  clock: Clock;
}): OverviewReader {
  const { store, redis, prefix, clock } = options;
  const readOpen = createCachedReading(clock, () => readOpenJobs(store));
  const readOldest = createCachedReading(clock, () => findOldestQueued(store));
  const findStalled = () => {
    const now = new Date(clock.now());
    return findOldestWaiting(store, { before: now, running: false, now });
  };
  // With hundreds of lines it takes longer than a scrape waits, just when jobs wait in all of them.
  const readStalled = createCachedReading(clock, findStalled, { minStaleMs: 180_000 });
  const readWorkers = () => readFleetWorkers(redis, prefix).catch(() => null);
  const toAgeMs = (since: Date) => Math.max(0, clock.now() - since.getTime());
  async function readOldestWaitingMs() {
    const since = await readOldest();
    return since && toAgeMs(since);
  }
  const ofWindow = new Map(
    STATS_WINDOWS.map((window) => {
      const read = () => readWindowStats(store, window, clock.now());
      return [window, createCachedReading(clock, read, { minFreshMs: toWindowFreshMs(window) })];
    }),
  );

  return {
    readOpen,
    readOldestWaitingMs,
    async readStalledMs() {
      const stalled = await readStalled();
      return stalled && toAgeMs(stalled.since);
    },
    readWorkers,
    async read(window) {
      const readStats = ofWindow.get(window);
      if (!readStats) throw new Error(`There is no window ${window}`);
      const [{ ended, ...stats }, { queued, processing, deferred }, oldestWaitingMs, workers] =
        await Promise.all([readStats(), readOpen(), readOldestWaitingMs(), readWorkers()]);
      return {
        ...stats,
        jobs: { queued, processing, deferred, ...ended },
        queue: { waiting: queued, active: processing, deferred, oldestWaitingMs },
        workers,
      };
    },
  };
}

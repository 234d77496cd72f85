import * as z from 'zod/mini';
import { jobState, pricing } from './classification.ts';
import { availability, connectivity } from './health.ts';
import { isoTime } from './primitives.ts';

export const STATS_WINDOWS = ['1h', '24h', '7d', '30d'] as const;
export const statsWindow = z.enum(STATS_WINDOWS);
export type StatsWindow = z.infer<typeof statsWindow>;

/** The window that is meant where none is named, and that of the event `stats`. */
export const DEFAULT_WINDOW: StatsWindow = '24h';

export const statsQuery = z.strictObject({ window: z._default(statsWindow, DEFAULT_WINDOW) });
export type StatsQuery = z.infer<typeof statsQuery>;

const percentiles = z.object({ p50Ms: z.nullable(z.number()), p95Ms: z.nullable(z.number()) });

/** A worker process that lives. `active` is how many jobs it holds, of `concurrency` at most. */
export const workerProcess = z.object({
  id: z.string(),
  startedAt: isoTime,
  lastSeenAt: isoTime,
  active: z.int(),
  concurrency: z.int(),
});
export type WorkerProcess = z.infer<typeof workerProcess>;

/** The service at a glance. */
export const overview = z.object({
  window: statsWindow,
  jobs: z
    .record(jobState, z.int())
    .check(
      z.describe(
        'Open jobs (`queued`, `processing`, `deferred`) as they are now, however old; of the others, ends in the window.',
      ),
    ),
  submittedPerMinute: z.number().check(z.describe('Jobs accepted, on the average of the window.')),
  finishedPerMinute: z.number().check(z.describe('Jobs that ended, on the average of the window.')),
  queueWait: percentiles.check(
    z.describe(
      'From acceptance to the first start, of jobs that ended in the window. Within 2 %, at most 600 s.',
    ),
  ),
  answer: percentiles.check(
    z.describe(
      'From acceptance to the answer, of jobs that succeeded in the window. Within 2 %, at most 600 s.',
    ),
  ),
  availability: availability(statsWindow),
  connectivity: connectivity(statsWindow),
  spend: z
    .object({ costUsd: z.nullable(z.number()), pricing: z.nullable(pricing) })
    .check(z.describe('All that vendors may bill: real traffic, tests, drills and checks. By whole hours.')),
  queue: z.object({
    waiting: z.int(),
    active: z.int(),
    deferred: z.int(),
    oldestWaitingMs: z.nullable(z.int()),
  }),
  workers: z
    .nullable(z.array(workerProcess))
    .check(z.describe('The worker processes that live; null while Redis, where they say so, is away.')),
});
export type Overview = z.infer<typeof overview>;

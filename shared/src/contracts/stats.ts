import * as z from 'zod/mini';
import { jobState, pricing, providerReference } from './classification.ts';
import { availability, connectivity } from './health.ts';
import { boundedString, isoTime } from './primitives.ts';

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

/** What one provider did in the window. */
export const providerStats = z.object({
  provider: providerReference,
  deleted: z
    .boolean()
    .check(z.describe('Whether it is gone; it is here as it was last, for what it did in the window.')),
  attempts: z.int().check(z.describe('Calls of real traffic that have ended.')),
  answered: z.int().check(z.describe('Jobs whose answer it gave.')),
  degraded: z.int().check(z.describe('Those of them that are degraded: the answers of `local`.')),
  share: z.nullable(z.number()).check(z.describe('Of all answers; null where there is none.')),
  successRatio: z
    .nullable(z.number())
    .check(
      z.describe(
        'Good answers over the attempts that say something of the provider. Left out are those cut for no fault of its ' +
          'own, and those that ended by what was asked: `context_length`, `content_filter`, `bad_request`.',
      ),
    ),
  errorsByFault: z.record(z.string(), z.int()),
  p50Ms: z.nullable(z.number()).check(z.describe('Of good answers, within 2 %.')),
  p95Ms: z.nullable(z.number()),
  costUsd: z.nullable(z.number()).check(z.describe('Of all attempts, the bad ones too; the known part.')),
  pricing: z.nullable(pricing),
  unpricedCount: z.int(),
  estimatedUsd: z.number(),
  costPerThousandUsd: z
    .nullable(z.number())
    .check(z.describe('`costUsd` for 1,000 jobs answered; null where it is unpriced or answered none.')),
  avgConfidence: z
    .nullable(z.number())
    .check(z.describe('Of the first label of its answers, by its own word.')),
  corrected: z.int().check(z.describe('Its answers of which a person said what is right, confirmed or not.')),
  agreed: z.int().check(z.describe('Those of them that were confirmed: the same set of labels.')),
});
export type ProviderStats = z.infer<typeof providerStats>;

export const providerStatsList = z.object({ window: statsWindow, data: z.array(providerStats) });
export type ProviderStatsList = z.infer<typeof providerStatsList>;

/** A row for each label, so many at most. */
export const MAX_LABEL_ROWS = 200;

export const labelStatsQuery = z.strictObject({
  ...statsQuery.shape,
  provider: z
    .optional(boundedString(1, 64))
    .check(z.describe('Only what this provider answered: its id or name, of a deleted one its id.')),
});
export type LabelStatsQuery = z.infer<typeof labelStatsQuery>;

/** How often a label was answered in the window, in whatever classifier or job it stood. */
export const labelStats = z.object({
  label: z.string(),
  count: z.int().check(z.describe('Answers with this label; one with several labels counts for each.')),
  share: z
    .number()
    .check(
      z.describe('Of the answers that are meant. With several labels an answer, shares sum up to over 1.'),
    ),
  avgConfidence: z.number(),
  corrected: z
    .int()
    .check(z.describe('Those of them of which a person said what is right, confirmed or not.')),
  agreed: z.int().check(z.describe('Those of the corrected whose correction has this label, too.')),
  provider: z
    .optional(providerReference)
    .check(z.describe('Who answered, where the query names it; without, a row is of all providers.')),
});

export const labelStatsList = z.object({
  window: statsWindow,
  answered: z.int().check(z.describe('The answers that `share` is of.')),
  data: z.array(labelStats),
  others: z
    .int()
    .check(
      z.describe(
        `How often a label was answered that has no row: rows are the ${MAX_LABEL_ROWS} most frequent.`,
      ),
    ),
});
export type LabelStatsList = z.infer<typeof labelStatsList>;

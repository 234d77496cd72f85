import * as z from 'zod/mini';
import { batchCounts } from './batch.ts';
import { jobState } from './classification.ts';
import { failover } from './failover.ts';
import { boundedString, commaList, isoTime } from './primitives.ts';
import { healthStatus, providerStatus } from './provider.ts';
import { overview } from './stats.ts';

/** What one may ask to be told of; `reset` comes unasked. */
export const EVENT_TYPES = [
  'job.updated',
  'batch.updated',
  'provider.status',
  'failover',
  'health.checked',
  'stats',
] as const;
export const eventType = z.enum(EVENT_TYPES);
export type EventType = z.infer<typeof eventType>;

/** A job came into another state. */
export const jobUpdated = z.object({
  id: z.string(),
  client: z.string(),
  state: jobState,
  batchId: z.nullable(z.string()),
  provider: z.nullable(z.string()).check(z.describe('Name of who answered.')),
  degraded: z.boolean(),
  finishedAt: z.nullable(isoTime),
});

export const batchUpdated = z.object({
  id: z.string(),
  counts: batchCounts,
  progress: z.number().check(z.describe('0 to 1.')),
});

export const providerStatusChanged = z.object({ id: z.string(), name: z.string(), status: providerStatus });

export const healthChecked = z.object({
  providerId: z.string(),
  status: healthStatus,
  responseTimeMs: z.nullable(z.number()),
});

/** What was missed cannot be told any more: what is shown must be fetched again. */
export const reset = z.object({});

/** What each type of event tells. */
export const eventData = {
  'job.updated': jobUpdated,
  'batch.updated': batchUpdated,
  'provider.status': providerStatusChanged,
  failover,
  'health.checked': healthChecked,
  stats: overview,
  reset,
} as const satisfies Record<EventType | 'reset', z.ZodMiniType>;

type DataOf = { [T in keyof typeof eventData]: z.infer<(typeof eventData)[T]> };

/** An event as it goes over the wire, by its type. `id` is what to resume from; null where the event has none. */
export type ServerEvent = {
  [T in keyof DataOf]: { type: T; id: string | null; data: DataOf[T] };
}[keyof DataOf];

/** Query of `GET /api/events`. */
export const eventQuery = z.strictObject({
  topics: z.optional(commaList(eventType)),
  jobId: z.optional(boundedString(1, 64)),
  batchId: z.optional(boundedString(1, 64)),
});
export type EventQuery = z.infer<typeof eventQuery>;

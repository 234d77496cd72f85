import type { Redis } from 'ioredis';
import type { BatchCounts } from '../contracts/batch.ts';
import type { JobState } from '../contracts/classification.ts';
import type { Failover } from '../contracts/failover.ts';
import type { HealthStatus, ProviderStatus } from '../contracts/provider.ts';

/** What the one stream of events carries: ids and states, never a text. */
export type AppEvent =
  | {
      type: 'job.updated';
      id: string;
      client: string;
      state: JobState;
      batchId: string | null;
      provider: string | null;
      degraded: boolean;
      finishedAt: string | null;
    }
  | { type: 'batch.updated'; id: string; client: string; counts: BatchCounts; progress: number }
  | ({ type: 'failover'; client: string } & Failover)
  | { type: 'provider.status'; id: string; name: string; status: ProviderStatus }
  | { type: 'interactive.finished'; id: string }
  | {
      type: 'health.checked';
      checkId: string;
      providerId: string;
      status: HealthStatus;
      responseTimeMs: number | null;
    };

/** The stream keeps about this many events: never fewer, as `MAXLEN ~` trims. */
export const MAX_EVENTS = 50_000;

/** The Redis key of the one stream that all processes write to and read. */
export function toStreamKey(prefix: string): string {
  return `${prefix}:events`;
}

/** Appends events to the stream, in order. @throws when Redis is away. */
export async function publishEvents(redis: Redis, prefix: string, events: AppEvent[]): Promise<void> {
  await Promise.all(
    events.map((event) =>
      redis.xadd(toStreamKey(prefix), 'MAXLEN', '~', MAX_EVENTS, '*', 'event', JSON.stringify(event)),
    ),
  );
}

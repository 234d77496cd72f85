import type { Redis } from 'ioredis';
import type { BatchCounts } from '../contracts/batch.ts';
import type { JobState } from '../contracts/classification.ts';
import type { Failover } from '../contracts/failover.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';

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
  | { type: 'interactive.finished'; id: string }
  | {
      type: 'health.checked';
      checkId: string;
      providerId: string;
      status: string;
      responseTimeMs: number | null;
    };

/** About as many events as the stream keeps. */
export const MAX_EVENTS = 50_000;
const BLOCK_MS = 5_000;

export const toStreamKey = (prefix: string) => `${prefix}:events`;

/** Appends events to the stream, which keeps about the last 50,000. @throws when Redis is away. */
export async function publishEvents(redis: Redis, prefix: string, events: AppEvent[]): Promise<void> {
  if (events.length === 0) return;
  const pipeline = redis.pipeline();
  for (const event of events) {
    pipeline.xadd(toStreamKey(prefix), 'MAXLEN', '~', MAX_EVENTS, '*', 'event', JSON.stringify(event));
  }
  const results = await pipeline.exec();
  const failure = results?.find(([error]) => error !== null)?.[0];
  if (failure) throw failure;
}

/**
 * Reads the stream from now on and hands on each event. `redis` is a blocking connection of its own, which the
 * reader closes when it stops.
 */
export function createEventReader(options: {
  redis: Redis;
  prefix: string;
  logger: Logger;
  onEvent: (event: AppEvent, streamId: string) => void;
}): Service {
  const { redis, prefix, logger, onEvent } = options;
  let isStarted = false;
  let stopping = false;

  async function read() {
    let last: string | undefined;
    while (!stopping) {
      try {
        last ??= (await redis.xrevrange(toStreamKey(prefix), '+', '-', 'COUNT', 1))[0]?.[0] ?? '0-0';
        const answer: [string, [string, string[]][]][] | null = await redis.xread(
          'COUNT',
          1_000,
          'BLOCK',
          BLOCK_MS,
          'STREAMS',
          toStreamKey(prefix),
          last,
        );
        for (const [streamId, fields] of answer?.[0]?.[1] ?? []) {
          if (stopping) return;
          last = streamId;
          onEvent(JSON.parse(fields[1] ?? '{}') as AppEvent, streamId);
        }
      } catch (err) {
        if (stopping) return;
        logger.debug({ err }, 'the event stream was interrupted');
        await new Promise((resolve) => setTimeout(resolve, 250));
      }
    }
  }

  return {
    async start() {
      if (isStarted) return;
      isStarted = true;
      void read();
    },
    async stop() {
      // A command that waits for a lost Redis never ends once its connection is given up: nothing waits for it.
      stopping = true;
      redis.disconnect();
    },
  };
}

import type { ServerResponse } from 'node:http';
import type { EventType } from '@understudy/shared/contracts/event';
import { RateLimitedError } from '@understudy/shared/errors';
import { fromEventId } from '@understudy/shared/events/position';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { createBoundedWriter } from './bounded-writer.ts';
import type { EventFilter } from './event-filter.ts';
import { createEventStream, type EventStream, type StreamSource } from './event-stream.ts';
import type { EventFeed } from './feed.ts';

export interface OpenStream {
  res: ServerResponse;
  filter: EventFilter;
  /** Who reads it; one may have so many. */
  holder: string;
  /** As the caller sent it. */
  lastEventId: string | undefined;
  /** Aborted when the caller may no longer be here. */
  signal: AbortSignal;
}

/** The connections of this process that are told of events. */
export interface EventStreams extends Service {
  /** @throws {RateLimitedError} where this process, or the holder, has as many as it may have. */
  assertRoom(holder: string): void;
  /** Tells a caller of events until one of the two ends it. */
  open(stream: OpenStream): Promise<void>;
  /** The streams that are told of these, unless they are about one job or batch. */
  readersOf(type: EventType): EventStream[];
  readonly size: number;
  /** Heartbeats. */
  runOnce(): Promise<void>;
}

const LOOK_MS = 500;
const MAX_STREAMS = 1_000;
const MAX_STREAMS_PER_HOLDER = 100;
const RETRY_AFTER_SECONDS = 5;

export function createEventStreams(options: {
  feed: EventFeed;
  source: StreamSource;
  clock: Clock;
  logger: Logger;
}): EventStreams {
  const { feed, source, clock, logger } = options;
  /** Each with its holder. */
  const opened = new Map<EventStream, string>();
  let stopped = false;

  async function runOnce() {
    for (const stream of opened.keys()) stream.beat();
  }

  const beating = createPeriodicService({ name: 'event streams', intervalMs: LOOK_MS, runOnce, logger });
  return {
    assertRoom(holder) {
      const own = [...opened.values()].filter((one) => one === holder).length;
      if (own < MAX_STREAMS_PER_HOLDER && opened.size < MAX_STREAMS) return;
      const quota = own < MAX_STREAMS_PER_HOLDER ? MAX_STREAMS : MAX_STREAMS_PER_HOLDER;
      const policy = { name: 'event-streams', quota, unit: 'concurrent-requests' } as const;
      throw new RateLimitedError('There are too many event streams already.', policy, RETRY_AFTER_SECONDS);
    },
    async open({ res, filter, holder, lastEventId, signal }) {
      if (stopped) return void res.end();
      const from = lastEventId ? (fromEventId(lastEventId) ?? 'unknown') : 'now';
      const writer = createBoundedWriter(res, clock.monotonic);
      const stream = createEventStream({ writer, filter, feed, source, from });
      signal.addEventListener('abort', stream.end, { once: true });
      opened.set(stream, holder);
      const reason = await writer.done;
      opened.delete(stream);
      if (reason === 'slow') logger.info({ holder }, 'a reader of events was dropped: it does not read');
    },
    readersOf: (type) =>
      [...opened.keys()].filter(({ filter }) => filter.topics.has(type) && !filter.isNarrow),
    get size() {
      return opened.size;
    },
    runOnce,
    start: beating.start,
    async stop() {
      stopped = true;
      for (const stream of opened.keys()) stream.end();
      await beating.stop();
    },
  };
}

import { createEventOutbox } from '@understudy/shared/events/outbox';
import type { EventPosition } from '@understudy/shared/events/position';
import { createEventReader } from '@understudy/shared/events/reader';
import { readEventsBehind, readLatestPosition } from '@understudy/shared/events/stream';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { connectRedis, type Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import { createOverviewReader } from '../caches/overview.ts';
import { createEventStreams } from './event-streams.ts';
import { createEventFeed } from './feed.ts';
import { createEventHub } from './hub.ts';
import { createProviderStatusTeller } from './provider-status-teller.ts';
import { createStatsTeller } from './stats-teller.ts';

interface EventsOptions {
  store: Store;
  /** A `fail-fast` connection. */
  redis: Redis;
  redisUrl: string;
  prefix: string;
  clock: Clock;
  logger: Logger;
}

/** A page of what somebody missed, which goes into their socket at once. */
const PAGE = 500;

/**
 * The events of this process: told through the outbox, read over one connection, and handed to requests that wait for
 * something (the hub) and to callers who are told of events (the streams).
 */
export function createEvents(options: EventsOptions) {
  const { redis, redisUrl, prefix, logger } = options;
  const hub = createEventHub();
  const feed = createEventFeed();
  const overview = createOverviewReader(options);
  const outbox = createEventOutbox(options);
  const source = {
    latest: () => readLatestPosition(redis, prefix),
    behind: (position: EventPosition) => readEventsBehind(redis, prefix, position, PAGE),
  };
  const eventStreams = createEventStreams({ ...options, feed, source });
  const reader = createEventReader({
    redis: connectRedis({ url: redisUrl, mode: 'blocking', logger }),
    prefix,
    logger,
    onEvents(entries) {
      for (const { event } of entries) hub.publish(event);
      feed.publish(entries);
    },
    onStart: feed.startAt,
  });
  const stats = createStatsTeller({ ...options, overview, streams: eventStreams });
  return {
    context: { hub, overview, outbox, eventStreams },
    /** The outbox's end among them: what was told last goes out. */
    services: [
      reader,
      eventStreams,
      stats,
      createProviderStatusTeller(options),
      { start: async () => {}, stop: outbox.flush },
    ],
    /** Lets go of all who wait or are told of events: the process stops. */
    async release() {
      hub.release();
      await eventStreams.stop();
    },
  };
}

import type { Redis } from 'ioredis';
import { createEventReader } from '@understudy/shared/jobs/event-reader';
import { readEventsBehind, readLatestPosition } from '@understudy/shared/jobs/event-stream';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { connectRedis } from '@understudy/shared/runtime/redis';
import { createEventStreams } from './event-streams.ts';
import { createEventFeed } from './feed.ts';
import { createEventHub } from './hub.ts';

/** A page of what somebody missed, which goes into their socket at once. */
const PAGE = 500;

/**
 * The events of this process: read over one connection, handed to requests that wait for something (the hub) and to
 * callers who are told of events (the streams).
 */
export function createEvents(options: {
  /** A `fail-fast` connection, for what callers missed. */
  redis: Redis;
  redisUrl: string;
  prefix: string;
  clock: Clock;
  logger: Logger;
}) {
  const { redis, redisUrl, prefix, clock, logger } = options;
  const hub = createEventHub();
  const feed = createEventFeed();
  const source = {
    latest: () => readLatestPosition(redis, prefix),
    behind: (position: Parameters<typeof readEventsBehind>[2]) =>
      readEventsBehind(redis, prefix, position, PAGE),
  };
  const streams = createEventStreams({ feed, source, clock, logger });
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
  return { hub, feed, streams, reader };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import type { Service } from '../runtime/lifecycle.ts';
import type { EventPosition } from './position.ts';
import { readEventsBehind, readLatestPosition, type EventEntry } from './stream.ts';
import { toStreamKey } from './events.ts';

interface EventReaderOptions {
  /** A `blocking` connection of its own, which the reader closes when it stops. */
  redis: Redis;
  prefix: string;
  logger: Logger;
  /** Given what came since, in order, a bounded number at a time. */
  onEvents: (entries: readonly EventEntry[]) => void;
  /** Told where reading begins, and begins anew where what came in between is lost. */
  onStart: (position: EventPosition) => void;
}

const BATCH_SIZE = 500;
/** So many in one read are a crowd: more are on their way. */
const CROWD = 4;
/** How long they gather before the next read. */
const GATHER_MS = 20;
/** With nothing to read, a Redis that was wiped is noticed within this time. */
const BLOCK_MS = 1_000;
const AFTER_FAILURE_MS = 250;
/** So long a start waits until it is known where reading begins. */
const BEGIN_MS = 1_000;

/**
 * Reads the stream from now on. While Redis is away it waits, then goes on where it was; where that is not possible
 * (another epoch, or too much came meanwhile) it starts anew and says so.
 */
export function createEventReader(options: EventReaderOptions): Service {
  const { redis, prefix, logger, onEvents, onStart } = options;
  let isStarted = false;
  let stopping = false;
  let position: EventPosition | null = null;
  const begun = Promise.withResolvers<void>();

  function startAt(latest: EventPosition) {
    position = latest;
    begun.resolve();
    onStart(latest);
  }

  /** @returns whether there may be more to read now. */
  async function readOnce(): Promise<boolean> {
    if (position === null) {
      const latest = await readLatestPosition(redis, prefix);
      if (!stopping) startAt(latest);
      return true;
    }
    const page = await readEventsBehind(redis, prefix, position, BATCH_SIZE);
    if (stopping) return false;
    if (page.kind === 'lost') {
      startAt(page.latest);
      return true;
    }
    position = page.entries.at(-1)?.position ?? position;
    if (page.entries.length > 0) onEvents(page.entries);
    if (page.entries.length === BATCH_SIZE) return true;
    if (page.entries.length < CROWD) return false;
    await delay(GATHER_MS);
    return true;
  }

  async function run() {
    while (!stopping) {
      try {
        if (await readOnce()) continue;
        // Only to be woken: what there is to read is read together with its epoch.
        await redis.xread('COUNT', 1, 'BLOCK', BLOCK_MS, 'STREAMS', toStreamKey(prefix), position?.id ?? '$');
      } catch (err) {
        if (stopping) return;
        logger.debug({ err }, 'the event stream was interrupted');
        await delay(AFTER_FAILURE_MS);
      }
    }
  }

  return {
    async start() {
      if (isStarted) return;
      isStarted = true;
      void run();
      await Promise.race([begun.promise, delay(BEGIN_MS, undefined, { ref: false })]);
    },
    async stop() {
      // A command that waits for a lost Redis never ends once its connection is given up: nothing waits for it.
      stopping = true;
      redis.disconnect();
    },
  };
}

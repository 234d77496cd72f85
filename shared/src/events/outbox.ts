import type { Redis } from 'ioredis';
import type { Logger } from '../runtime/logger.ts';
import { createGroupCommit } from '../runtime/group-commit.ts';
import { createPendingWork } from '../runtime/pending-work.ts';
import { publishEvents, type AppEvent } from './events.ts';

/** Tells the stream of events what is no announcement: nobody waits for it, and what cannot be told now is not told. */
export interface EventOutbox {
  tell(event: AppEvent): void;
  /** Resolves when everything so far is told or given up. */
  flush(): Promise<void>;
}

const BATCH_SIZE = 500;
/** A Redis that is frozen is told no more than this, late. */
const MAX_WAITING = 5_000;

/** `redis` is a `fail-fast` connection. Events that come while others are on their way go out together. */
export function createEventOutbox(options: { redis: Redis; prefix: string; logger: Logger }): EventOutbox {
  const { redis, prefix, logger } = options;
  const pending = createPendingWork();
  const publish = createGroupCommit<AppEvent, true>({
    async commit(events) {
      await publishEvents(redis, prefix, events);
      return events.map(() => true);
    },
    readBack: async () => [],
    maxBatch: BATCH_SIZE,
  });
  return {
    tell(event) {
      if (pending.size() >= MAX_WAITING) return;
      pending.add(
        publish(event).catch((err: unknown) =>
          logger.debug({ err, type: event.type }, 'an event could not be told now'),
        ),
      );
    },
    flush: pending.flush,
  };
}

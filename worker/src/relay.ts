import type { Redis } from 'ioredis';
import { publishEvents, type AppEvent } from '@understudy/shared/jobs/events';
import { toJobUpdated } from '@understudy/shared/jobs/to-job-updated';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { clearBatchAnnouncements } from '@understudy/shared/store/batches/batch-announcements';
import type { SeenBatch } from '@understudy/shared/store/batches/look-at-batch';
import { createGroupCommit } from '@understudy/shared/store/group-commit';
import { clearAnnouncements, type AnnouncedJob } from '@understudy/shared/store/jobs/announcements';
import { toBatchUpdated } from './to-batch-updated.ts';

/** A change of a job to be told; `announce` is set where the change was final. */
type JobNews = Omit<AnnouncedJob, 'announce'> & { announce: { eventId: string } | null };

/** What is to go out, and the announcement that is done with then. */
interface Outgoing {
  event: AppEvent;
  announced: { jobId: string; eventId: string } | { batchId: string; eventId: string } | null;
}

export interface Relay {
  /** Has a change told, soon and together with others. What cannot be told now stays announced for upkeep. */
  emit(news: JobNews): void;
  /** Has the end of a batch told, as that of a job. */
  emitBatch(batch: SeenBatch): void;
  /** Has any other event told, soon and together with others. What cannot be told now is not told. */
  tell(event: AppEvent): void;
  /** Resolves when everything so far is told, left to upkeep or given up. */
  flush(): Promise<void>;
}

/** Tells the stream of events what happened, then notes in the ledger which announcements were told. */
export function createRelay(options: { store: Store; redis: Redis; prefix: string; logger: Logger }): Relay {
  const { store, redis, prefix, logger } = options;
  const pending = new Set<Promise<void>>();

  const relay = createGroupCommit<Outgoing, true>({
    async commit(batch) {
      await publishEvents(
        redis,
        prefix,
        batch.map(({ event }) => event),
      );
      await clearAnnouncements(
        store,
        batch.flatMap(({ announced }) => (announced && 'jobId' in announced ? announced : [])),
      );
      await clearBatchAnnouncements(
        store,
        batch.flatMap(({ announced }) => (announced && 'batchId' in announced ? announced : [])),
      );
      return batch.map(() => true);
    },
    readBack: async () => [],
  });

  function send(outgoing: Outgoing) {
    const { type, id } = { id: null, ...outgoing.event };
    const told = relay(outgoing)
      .then(() => {})
      .catch((err: unknown) => logger.debug({ err, type, id }, 'an event could not be told now'))
      .finally(() => pending.delete(told));
    pending.add(told);
  }

  return {
    emit(news) {
      const { _id: jobId, announce } = news;
      send({ event: toJobUpdated(news), announced: announce && { jobId, eventId: announce.eventId } });
    },
    emitBatch(batch) {
      const { _id: batchId, announce } = batch;
      send({
        event: toBatchUpdated(batch),
        announced: announce ? { batchId, eventId: announce.eventId } : null,
      });
    },
    tell: (event) => send({ event, announced: null }),
    async flush() {
      await Promise.all(pending);
    },
  };
}

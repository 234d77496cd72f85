import type { Redis } from 'ioredis';
import { publishEvents, type AppEvent } from '@understudy/shared/jobs/events';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { createGroupCommit } from '@understudy/shared/store/group-commit';
import { clearAnnouncements, type AnnouncedJob } from '@understudy/shared/store/jobs/announcements';

/** A change of a job to be told; `announce` is set where the change was final. */
type JobNews = Omit<AnnouncedJob, 'announce'> & { announce: { eventId: string } | null };

export interface Relay {
  /** Has a change told, soon and together with others. What cannot be told now stays announced for upkeep. */
  emit(news: JobNews): void;
  /** Resolves when everything that was emitted is told or left to upkeep. */
  flush(): Promise<void>;
}

/** Tells the stream of events what happened to jobs, then notes in the ledger that it was told. */
export function createRelay(options: { store: Store; redis: Redis; prefix: string; logger: Logger }): Relay {
  const { store, redis, prefix, logger } = options;
  const pending = new Set<Promise<void>>();

  const relay = createGroupCommit<JobNews, true>({
    async commit(batch) {
      await publishEvents(redis, prefix, batch.map(toJobUpdated));
      await clearAnnouncements(
        store,
        batch.flatMap(({ _id, announce }) => (announce ? [{ jobId: _id, eventId: announce.eventId }] : [])),
      );
      return batch.map(() => true);
    },
    readBack: async () => [],
  });

  return {
    emit(news) {
      const told = relay(news)
        .then(() => {})
        .catch((err: unknown) => logger.debug({ err, jobId: news._id }, 'an event is left to upkeep'))
        .finally(() => pending.delete(told));
      pending.add(told);
    },
    async flush() {
      await Promise.all(pending);
    },
  };
}

function toJobUpdated({ _id, client, state, batchId, provider, degraded, finishedAt }: JobNews): AppEvent {
  return {
    type: 'job.updated',
    id: _id,
    client,
    state,
    batchId,
    provider: provider?.name ?? null,
    degraded,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

import type { Redis } from 'ioredis';
import type { AppEvent } from '@understudy/shared/jobs/events';
import { createOncePublisher } from '@understudy/shared/jobs/publish-once';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { createGroupCommit } from '@understudy/shared/store/group-commit';
import { clearAnnouncements, type AnnouncedJob } from '@understudy/shared/store/jobs/announcements';

/** A change of a job to be told; `announce` is set where the change was final. */
type JobNews = Omit<AnnouncedJob, 'announce'> & { announce: { eventId: string } | null };

/** What is to go out, and the announcement that is done with then. */
interface Outgoing {
  event: AppEvent;
  announced: { jobId: string; eventId: string } | null;
}

export interface Relay {
  /** Has a change told, soon and together with others. What cannot be told now stays announced for upkeep. */
  emit(news: JobNews): void;
  /** Tells ends that whoever made them seems not to have told; each is in the stream once. @throws when Redis is away. */
  repeat(stale: readonly AnnouncedJob[]): Promise<void>;
  /** Has any other event told, soon and together with others. What cannot be told now is not told. */
  tell(event: AppEvent): void;
  /** Resolves when everything so far is told, left to upkeep or given up. */
  flush(): Promise<void>;
}

/** Tells the stream of events what happened, then notes in the ledger which announcements were told. */
export function createRelay(options: { store: Store; redis: Redis; prefix: string; logger: Logger }): Relay {
  const { store, redis, prefix, logger } = options;
  const pending = new Set<Promise<void>>();
  const publisher = createOncePublisher(redis, prefix);

  const relay = createGroupCommit<Outgoing, true>({
    async commit(batch) {
      await publisher.publish(
        batch.map(({ event, announced }) => ({ event, announcementId: announced?.eventId ?? null })),
      );
      await clearAnnouncements(
        store,
        batch.flatMap(({ announced }) => announced ?? []),
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
    async repeat(stale) {
      const [oldest] = stale.map(({ announce }) => announce.at).toSorted((a, b) => Number(a) - Number(b));
      if (!oldest) return;
      const events = stale.map((job) => ({ event: toJobUpdated(job), announcementId: job.announce.eventId }));
      await publisher.repeat(events, oldest);
      await clearAnnouncements(
        store,
        stale.map(({ _id: jobId, announce: { eventId } }) => ({ jobId, eventId })),
      );
    },
    tell: (event) => send({ event, announced: null }),
    async flush() {
      await Promise.all(pending);
    },
  };
}

function toJobUpdated({
  _id,
  client,
  state,
  batchId,
  provider,
  degraded,
  finishedAt,
}: Omit<JobNews, 'announce'>): AppEvent {
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

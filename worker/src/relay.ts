import type { Redis } from 'ioredis';
import { publishEvents, type AppEvent } from '@understudy/shared/jobs/events';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Store } from '@understudy/shared/store/connect';
import { createGroupCommit } from '@understudy/shared/store/group-commit';
import { clearAnnouncements, type AnnouncedJob } from '@understudy/shared/store/jobs/announcements';
import type { JobNotice } from './webhooks/notice.ts';
import { createOutbox } from './webhooks/outbox.ts';

/** A change of a job to be told; `announce` is set where the change was final. */
type JobNews = Omit<AnnouncedJob, 'announce'> & { announce: { eventId: string } | null };

/** What is to go out, and the announcement that is done with then. */
interface Outgoing {
  event: AppEvent;
  announced: JobNotice | null;
}

export interface Relay {
  /** Has a change told, soon and together with others. What cannot be told now stays announced for upkeep. */
  emit(news: JobNews): void;
  /** Has any other event told, soon and together with others. What cannot be told now is not told. */
  tell(event: AppEvent): void;
  /** Resolves when everything so far is told, left to upkeep or given up. */
  flush(): Promise<void>;
}

interface RelayOptions {
  store: Store;
  redis: Redis;
  prefix: string;
  logger: Logger;
  clock?: Clock;
  /** Told of the targets of webhooks that have something due now; upkeep finds them else. */
  onDue?: (targets: readonly string[]) => void;
}

/**
 * Makes deliveries of ends, tells the stream of events what happened, then notes in the ledger which announcements were
 * told: whatever breaks off in between is done again, and there is one delivery of one end for each receiver.
 */
export function createRelay(options: RelayOptions): Relay {
  const { store, redis, prefix, logger } = options;
  const outbox = createOutbox(options);
  const pending = new Set<Promise<void>>();

  const relay = createGroupCommit<Outgoing, true>({
    async commit(batch) {
      const announced = batch.flatMap((outgoing) => outgoing.announced ?? []);
      await outbox.announceJobs(announced);
      await publishEvents(
        redis,
        prefix,
        batch.map(({ event }) => event),
      );
      await clearAnnouncements(
        store,
        announced.map(({ _id: jobId, eventId }) => ({ jobId, eventId })),
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
    emit({ announce, ...news }) {
      send({ event: toJobUpdated(news), announced: announce && { ...news, eventId: announce.eventId } });
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

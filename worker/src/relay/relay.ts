import type { AppEvent } from '@understudy/shared/events/events';
import { createOncePublisher } from '@understudy/shared/events/publish-once';
import { toJobUpdated } from '@understudy/shared/events/to-job-updated';
import type { Clock } from '@understudy/shared/runtime/clock';
import { createGroupCommit } from '@understudy/shared/runtime/group-commit';
import type { Logger } from '@understudy/shared/runtime/logger';
import { createPendingWork } from '@understudy/shared/runtime/pending-work';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import { clearBatchAnnouncements } from '@understudy/shared/store/batches/batch-announcements';
import type { SeenBatch } from '@understudy/shared/store/batches/look-at-batch';
import { clearAnnouncements, type AnnouncedJob } from '@understudy/shared/store/jobs/announcements';
import { toBatchUpdated } from './to-batch-updated.ts';
import { toBatchNotice } from '../webhooks/to-batch-notice.ts';
import type { JobNotice, Notice } from '../webhooks/notice.ts';
import { createAnnouncer, type Announcer } from '../webhooks/announcer.ts';

/** A change of a job to be told; `announce` is set where the change was final. */
type JobNews = Omit<AnnouncedJob, 'announce'> & { announce: { eventId: string } | null };

/** What is to go out, and the announcement that is done with then. */
interface Outgoing {
  event: AppEvent;
  job: JobNotice | null;
  batch: { batchId: string; notice: Notice } | null;
}

export interface Relay {
  /** Has a change told, soon and together with others. What cannot be told now stays announced for upkeep. */
  emit(news: JobNews): void;
  /** Tells ends that whoever made them seems not to have told; each is in the stream once. @throws when a store is away. */
  repeat(stale: readonly AnnouncedJob[]): Promise<void>;
  /** The same as `emit` of how far a batch is; `announce` is set where it has ended. */
  emitBatch(batch: SeenBatch): void;
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
 * Makes deliveries of ends and tells the stream of events what happened, then notes in the ledger which announcements were
 * told: whatever breaks off in between is done again, and there is one delivery of one end for each receiver.
 */
export function createRelay(options: RelayOptions): Relay {
  const { store, redis, prefix, logger } = options;
  const announcer = createAnnouncer(options);
  const publisher = createOncePublisher(redis, prefix);
  const pending = createPendingWork();

  const relay = createGroupCommit<Outgoing, true>({
    async commit(outgoing) {
      const jobs = outgoing.flatMap(({ job }) => job ?? []);
      const batches = outgoing.flatMap(({ batch }) => batch ?? []);
      await allOf([
        announcer.announceJobs(jobs),
        announcer.announce(batches.map(({ notice }) => notice)),
        publisher.publish(
          outgoing.map(({ event, job, batch }) => ({
            event,
            announcementId: job?.eventId ?? batch?.notice.eventId ?? null,
          })),
        ),
      ]);
      await clearAnnouncements(store, jobs.map(toRelayed));
      await clearBatchAnnouncements(
        store,
        batches.map(({ batchId, notice: { eventId } }) => ({ batchId, eventId })),
      );
      return outgoing.map(() => true);
    },
    readBack: async () => [],
  });

  function send(outgoing: Outgoing) {
    const { type, id } = { id: null, ...outgoing.event };
    pending.add(
      relay(outgoing).catch((err: unknown) =>
        logger.debug({ err, type, id }, 'an event could not be told now'),
      ),
    );
  }

  return {
    emit({ announce, ...news }) {
      const job = announce && { ...news, eventId: announce.eventId };
      send({ event: toJobUpdated(news), job, batch: null });
    },
    async repeat(stale) {
      await tellAgain({ store, announcer, publisher }, stale);
    },
    emitBatch(batch) {
      const notice = toBatchNotice(batch);
      send({ event: toBatchUpdated(batch), job: null, batch: notice && { batchId: batch._id, notice } });
    },
    tell: (event) => send({ event, job: null, batch: null }),
    flush: pending.flush,
  };
}

/** Waits for each of them, also where one fails. @throws what the first of them failed with */
async function allOf(parts: Promise<void>[]): Promise<void> {
  const failed = (await Promise.allSettled(parts)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

async function tellAgain(
  {
    store,
    announcer,
    publisher,
  }: { store: Store; announcer: Announcer; publisher: ReturnType<typeof createOncePublisher> },
  stale: readonly AnnouncedJob[],
): Promise<void> {
  const notices = stale.map(({ announce: { eventId }, ...job }) => ({ ...job, eventId }));
  await announcer.announceJobs(notices);
  const events = notices.map((notice) => ({ event: toJobUpdated(notice), announcementId: notice.eventId }));
  await publisher.publish(events);
  await clearAnnouncements(store, notices.map(toRelayed));
}

const toRelayed = ({ _id: jobId, eventId }: JobNotice) => ({ jobId, eventId });

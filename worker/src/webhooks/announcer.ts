import type { WebhookEvent } from '@understudy/shared/contracts/webhook';
import { isOfKind } from '@understudy/shared/ids';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import { findErasedJobs } from '@understudy/shared/store/jobs/find-erased-jobs';
import type { DeliveryDocument } from '@understudy/shared/store/webhooks/delivery-model';
import { eraseDeliveries } from '@understudy/shared/store/webhooks/end-deliveries';
import { findSubscribers, type Subscriber } from '@understudy/shared/store/webhooks/find-subscribers';
import {
  insertDeliveries,
  toDelivery,
  type NewDelivery,
} from '@understudy/shared/store/webhooks/insert-deliveries';
import { loadJobBodies } from './load-job-bodies.ts';
import type { JobNotice, Notice } from './notice.ts';
import { toBody } from './to-body.ts';
import { toUrlTarget } from './to-url-target.ts';

/** Where what is to be told becomes deliveries, one for each receiver, however often it is announced. */
export interface Announcer {
  /** @throws when the ledger is away: announce it again then. */
  announce(notices: readonly Notice[]): Promise<void>;
  /**
   * The same of ends of jobs, whose receivers may be named by the job, too. Of the jobs of an evaluation nobody is told:
   * whoever subscribed means real work.
   */
  announceJobs(notices: readonly JobNotice[]): Promise<void>;
}

interface AnnouncerOptions {
  store: Store;
  clock?: Clock;
  /** Told of the targets that have something due now. */
  onDue?: (targets: readonly string[]) => void;
}

/** Jobs whose message is made at once: each may come with labels of its own of megabytes. */
const BATCH_SIZE = 32;

/** A receiver of one notice, before its message is known. */
type Addressee = Pick<NewDelivery, 'target' | 'webhookId' | 'client' | 'url'>;

export function createAnnouncer({ store, onDue, clock = store.clock }: AnnouncerOptions): Announcer {
  async function write(deliveries: DeliveryDocument[], beforeDue?: () => Promise<void>) {
    await insertDeliveries(store, deliveries);
    await beforeDue?.();
    onDue?.([...new Set(deliveries.map(({ target }) => target))]);
  }

  /**
   * An erase that came after the words were read and before they were written, now or by one who broke off there, did
   * not meet them: it is made good.
   */
  async function eraseWhatWasRead(jobIds: readonly string[]) {
    const erased = await findErasedJobs(store, jobIds);
    if (erased.length > 0) await eraseDeliveries(store, erased, new Date(clock.now()));
  }

  async function announceStep(notices: readonly JobNotice[]) {
    const clients = [...new Set(notices.map(({ client }) => client))];
    const subscribers = await findSubscribers(store, clients, typesOf(notices.map(toTyped)));
    const addressed = notices.flatMap((notice) => {
      const { type } = toTyped(notice);
      const addressees = [...listening(subscribers, type, notice.client), ...named(notice)];
      return addressees.length > 0 ? [{ notice, type, addressees }] : [];
    });
    const jobIds = addressed.map(({ notice }) => notice._id);
    const erasedBefore = new Set(await findErasedJobs(store, jobIds));
    const bodies = await loadJobBodies(store, addressed);
    const now = new Date(clock.now());
    await write(
      addressed.flatMap(({ notice: { _id: jobId, eventId, trace }, type, addressees }) => {
        const words = {
          body: bodies.get(eventId) ?? null,
          ...(erasedBefore.has(jobId) && { afterErasure: true as const }),
        };
        return addressees.map((addressee) =>
          toDelivery(
            { eventId, type, ...addressee, jobId, ...toTraceparent(trace), ...words, once: false },
            now,
          ),
        );
      }),
      () => eraseWhatWasRead(jobIds),
    );
  }

  return {
    async announce(notices) {
      if (notices.length === 0) return;
      const clients = notices.some(({ client }) => client === null)
        ? null
        : [...new Set(notices.flatMap(({ client }) => client ?? []))];
      const subscribers = await findSubscribers(store, clients, typesOf(notices));
      const now = new Date(clock.now());
      await write(
        notices.flatMap(({ eventId, type, client, at, data }) =>
          listening(subscribers, type, client).map((addressee) =>
            toDelivery(
              { eventId, type, ...addressee, jobId: null, body: toBody(type, at, data), once: false },
              now,
            ),
          ),
        ),
      );
    },

    async announceJobs(notices) {
      const told = notices.filter(({ batchId }) => batchId === null || !isOfKind('evl', batchId));
      for (let from = 0; from < told.length; from += BATCH_SIZE) {
        await announceStep(told.slice(from, from + BATCH_SIZE));
      }
    },
  };
}

function toTyped({ state }: JobNotice): { type: WebhookEvent } {
  return { type: `classification.${state}` as WebhookEvent };
}

/** A delivery belongs to the trace of its job. */
function toTraceparent(trace: JobNotice['trace']) {
  return trace?.role === 'parent' ? { traceparent: trace.traceparent } : {};
}

function typesOf(notices: readonly { type: WebhookEvent }[]): WebhookEvent[] {
  return [...new Set(notices.map(({ type }) => type))];
}

function listening(
  subscribers: readonly Subscriber[],
  type: WebhookEvent,
  client: string | null,
): Addressee[] {
  return subscribers
    .filter((endpoint) => endpoint.events.includes(type) && (client === null || endpoint.client === client))
    .map(({ _id, client: owner }) => ({ target: _id, webhookId: _id, client: owner, url: null }));
}

function named({ client, webhookUrl }: JobNotice): Addressee[] {
  if (webhookUrl === null) return [];
  return [{ target: toUrlTarget(client, webhookUrl), webhookId: null, client, url: webhookUrl }];
}

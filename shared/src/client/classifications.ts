import type * as z from 'zod/mini';
import type { BulkActionName, BulkResult } from '../contracts/bulk-action.ts';
import type { Classification, classificationInput } from '../contracts/classification.ts';
import type { Delivery } from '../contracts/webhook.ts';
import { toPrefer, type CallOptions, type WaitingCall } from './call.ts';
import { createClassificationList, type ClassificationFilter } from './classification-list.ts';
import type { Page, PageQuery } from './page.ts';
import { readCsv } from './read-csv.ts';
import { valueOf, type Transport } from './transport.ts';
import type { DeliveryFilter } from './webhooks.ts';

/** A job as one writes it: every field that has a default may be left out. */
export type NewClassification = z.input<typeof classificationInput>;

/** An action over all jobs of a filter, which has the keys of the list. */
export interface NewBulkAction {
  action: BulkActionName;
  filter: Omit<ClassificationFilter, keyof PageQuery | 'include'> & { [key: `metadata.${string}`]: string };
  /** Counts and changes nothing. */
  dryRun?: boolean | undefined;
  /** To go on behind. */
  cursor?: string | undefined;
}

export interface SubmitOptions extends WaitingCall {
  /** Makes a repeat safe: the same key and body give the same job. */
  idempotencyKey?: string | undefined;
}

export function createClassifications(send: Transport) {
  const get = async (id: string, { waitSeconds, signal }: WaitingCall = {}) =>
    valueOf(send<Classification>('GET', toPath(id), { headers: toPrefer(waitSeconds), signal }));

  /** Does the same to all jobs of a filter, however many calls that takes; the counts are of all of them. */
  const bulk = async (action: NewBulkAction, { signal }: CallOptions = {}) => {
    const done = { matched: 0, changed: 0 };
    let cursor: string | null | undefined = action.cursor;
    do {
      const body: NewBulkAction = cursor ? { ...action, cursor } : action;
      const { value } = await send<BulkResult>('POST', '/api/classifications/bulk', { body, signal });
      done.matched += value.matched;
      done.changed += value.changed;
      cursor = value.nextCursor;
    } while (cursor !== null);
    return done;
  };

  return {
    get,
    ...createClassificationList(send),
    /** Submits a job; with `waitSeconds` the reply is the finished job if it was finished in that time. */
    submit: async (job: NewClassification, options: SubmitOptions = {}) =>
      valueOf(
        send<Classification>('POST', '/api/classifications', {
          body: job,
          headers: { ...toPrefer(options.waitSeconds), 'Idempotency-Key': options.idempotencyKey },
          signal: options.signal,
        }),
      ),
    /** The same as a file of CSV while it arrives, up to 100,000 rows; the `id` of the last one as `cursor` goes on. */
    exportCsv: async (filter: Omit<ClassificationFilter, 'include'> = {}, { signal }: CallOptions = {}) =>
      readCsv(send, '/api/classifications', { query: { ...filter }, signal }),
    cancel: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Classification>('POST', `${toPath(id)}/cancel`, { signal })),
    /** Removes text, result and all that was said of a job for good; its accounts stay. */
    erase: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Classification>('DELETE', toPath(id), { signal })),
    /** Notes which labels are right, as a person says. */
    correct: async (id: string, labels: readonly string[], { signal }: CallOptions = {}) =>
      valueOf(send<Classification>('PUT', `${toPath(id)}/correction`, { body: { labels }, signal })),
    uncorrect: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Classification>('DELETE', `${toPath(id)}/correction`, { signal })),
    bulk,
    retry: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Classification>('POST', `${toPath(id)}/retry`, { signal })),
    /** What the job has sent to its own `webhookUrl`, newest first, with every try. */
    deliveries: async (id: string, filter: DeliveryFilter = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Delivery>>('GET', `${toPath(id)}/deliveries`, { query: { ...filter }, signal })),
    redeliver: async (id: string, deliveryId: string, { signal }: CallOptions = {}) => {
      const path = `${toPath(id)}/deliveries/${encodeURIComponent(deliveryId)}/redeliver`;
      return valueOf(send<Delivery>('POST', path, { signal }));
    },
  };
}

function toPath(id: string): string {
  return `/api/classifications/${encodeURIComponent(id)}`;
}

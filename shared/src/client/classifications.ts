import type * as z from 'zod/mini';
import type { BulkActionName, BulkResult } from '../contracts/bulk-action.ts';
import type { Classification, classificationInput } from '../contracts/classification.ts';
import { createClassificationList, type ClassificationFilter } from './classification-list.ts';
import type { CallOptions, PageQuery } from './page.ts';
import type { Transport } from './transport.ts';

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

export interface WaitingCall extends CallOptions {
  /** How long the API may hold the reply until the job is final, 1 to 60 seconds. */
  waitSeconds?: number | undefined;
}

export interface SubmitOptions extends WaitingCall {
  /** Makes a repeat safe: the same key and body give the same job. */
  idempotencyKey?: string | undefined;
}

export function createClassifications(send: Transport) {
  const get = async (id: string, { waitSeconds, signal }: WaitingCall = {}) =>
    (
      await send<Classification>('GET', toPath(id), {
        headers: { Prefer: toPrefer(waitSeconds) },
        signal,
      })
    ).value;

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
      (
        await send<Classification>('POST', '/api/classifications', {
          body: job,
          headers: { Prefer: toPrefer(options.waitSeconds), 'Idempotency-Key': options.idempotencyKey },
          signal: options.signal,
        })
      ).value,
    /** The same as a file of CSV while it arrives, up to 100,000 rows; the `id` of the last one as `cursor` goes on. */
    exportCsv: async (filter: Omit<ClassificationFilter, 'include'> = {}, { signal }: CallOptions = {}) =>
      (
        await send<ReadableStream<Uint8Array>>('GET', '/api/classifications', {
          query: { ...filter },
          headers: { Accept: 'text/csv' },
          read: ({ body }) => body ?? new ReadableStream<Uint8Array>(),
          signal,
        })
      ).value,
    cancel: async (id: string, { signal }: CallOptions = {}) =>
      (await send<Classification>('POST', `${toPath(id)}/cancel`, { signal })).value,
    /** Removes text, result and all that was said of a job for good; its accounts stay. */
    erase: async (id: string, { signal }: CallOptions = {}) =>
      (await send<Classification>('DELETE', toPath(id), { signal })).value,
    /** Notes which labels are right, as a person says. */
    correct: async (id: string, labels: readonly string[], { signal }: CallOptions = {}) =>
      (await send<Classification>('PUT', `${toPath(id)}/correction`, { body: { labels }, signal })).value,
    uncorrect: async (id: string, { signal }: CallOptions = {}) =>
      (await send<Classification>('DELETE', `${toPath(id)}/correction`, { signal })).value,
    bulk,
    retry: async (id: string, { signal }: CallOptions = {}) =>
      (await send<Classification>('POST', `${toPath(id)}/retry`, { signal })).value,
  };
}

function toPath(id: string): string {
  return `/api/classifications/${encodeURIComponent(id)}`;
}

function toPrefer(waitSeconds: number | undefined): string | undefined {
  return waitSeconds === undefined ? undefined : `wait=${waitSeconds}`;
}

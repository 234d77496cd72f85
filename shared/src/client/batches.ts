import type * as z from 'zod/mini';
import type { Batch, BatchAccepted, batchInput, BatchResult } from '../contracts/batch.ts';
import type { CallOptions } from './call.ts';
import { fromNdjson, NDJSON, toNdjson } from './ndjson.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

/** A batch as one writes it. */
export type NewBatch = z.input<typeof batchInput>;
export type NewBatchItem = NewBatch['items'][number];

export interface SubmitBatchOptions extends CallOptions {
  /** Makes a repeat safe: the same key and items give the same batch. */
  idempotencyKey?: string | undefined;
}

export interface SubmitLinesOptions extends SubmitBatchOptions, Pick<NewBatch, 'defaults' | 'atomic'> {}

const SUBMIT = '/api/classifications/batch';

export function createBatches(send: Transport) {
  return {
    /** Submits up to 10,000 items, at most 32 MB. */
    submit: async (batch: NewBatch, { idempotencyKey, signal }: SubmitBatchOptions = {}) =>
      valueOf(
        send<BatchAccepted>('POST', SUBMIT, {
          body: batch,
          headers: { 'Idempotency-Key': idempotencyKey },
          signal,
        }),
      ),
    /**
     * Submits up to 10,000 items, at most 64 MB, while they are made. For Node: browsers hold such a body back, or
     * refuse it over HTTP/1.1.
     */
    submitLines: async (
      items: AsyncIterable<NewBatchItem> | Iterable<NewBatchItem>,
      { defaults, atomic = false, idempotencyKey, signal }: SubmitLinesOptions = {},
    ) =>
      valueOf(
        send<BatchAccepted>('POST', SUBMIT, {
          payload: toNdjson(withHead({ defaults, atomic }, items)),
          headers: { 'Idempotency-Key': idempotencyKey },
          signal,
        }),
      ),
    get: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Batch>('GET', toPath(id), { signal })),
    list: async (page: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Batch>>('GET', '/api/batches', { query: { ...page }, signal })),
    /** Cancels every job of it that is not final. */
    cancel: async (id: string, { signal }: CallOptions = {}) =>
      valueOf(send<Batch>('POST', `${toPath(id)}/cancel`, { signal })),
    /** Its jobs in order of input, final or not, as they arrive. */
    async *results(id: string, { signal }: CallOptions = {}): AsyncGenerator<BatchResult> {
      const { value } = await send<AsyncGenerator<BatchResult>>('GET', `${toPath(id)}/results`, {
        headers: { Accept: NDJSON },
        read: (response) => fromNdjson<BatchResult>(response, { signal }),
        signal,
      });
      yield* value;
    },
  };
}

async function* withHead(
  head: Pick<NewBatch, 'defaults' | 'atomic'>,
  items: AsyncIterable<NewBatchItem> | Iterable<NewBatchItem>,
) {
  yield head;
  yield* items;
}

function toPath(id: string): string {
  return `/api/batches/${encodeURIComponent(id)}`;
}

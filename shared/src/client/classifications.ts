import type * as z from 'zod/mini';
import type {
  Classification,
  classificationInput,
  ClassificationRow,
  JobErrorCode,
  JobState,
} from '../contracts/classification.ts';
import type { FaultKind } from '../contracts/fault.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Transport } from './transport.ts';

/** A job as one writes it: every field that has a default may be left out. */
export type NewClassification = z.input<typeof classificationInput>;

export interface ClassificationFilter extends PageQuery {
  state?: readonly JobState[] | undefined;
  label?: readonly string[] | undefined;
  provider?: string | undefined;
  classifier?: string | undefined;
  client?: string | undefined;
  batchId?: string | undefined;
  errorCode?: JobErrorCode | undefined;
  fault?: FaultKind | undefined;
  degraded?: boolean | undefined;
  from?: string | undefined;
  to?: string | undefined;
  include?: readonly ('text' | 'attempts')[] | undefined;
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

  return {
    get,
    /** Submits a job; with `waitSeconds` the reply is the finished job if it was finished in that time. */
    submit: async (job: NewClassification, options: SubmitOptions = {}) =>
      (
        await send<Classification>('POST', '/api/classifications', {
          body: job,
          headers: { Prefer: toPrefer(options.waitSeconds), 'Idempotency-Key': options.idempotencyKey },
          signal: options.signal,
        })
      ).value,
    list: async (filter: ClassificationFilter = {}, { signal }: CallOptions = {}) =>
      (await send<Page<ClassificationRow>>('GET', '/api/classifications', { query: { ...filter }, signal }))
        .value,
    cancel: async (id: string, { signal }: CallOptions = {}) =>
      (await send<Classification>('POST', `${toPath(id)}/cancel`, { signal })).value,
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

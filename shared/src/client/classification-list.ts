import type { ClassificationRow, JobErrorCode, JobState } from '../contracts/classification.ts';
import type { FaultKind } from '../contracts/fault.ts';
import type { CallOptions } from './call.ts';
import { iteratePages, type Page, type PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

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
  [key: `metadata.${string}`]: string | undefined;
}

/** Jobs as lists have them; apart from what is done to one, so that a page of lists need not load that. */
export function createClassificationList(send: Transport) {
  const list = async (filter: ClassificationFilter = {}, { signal }: CallOptions = {}) =>
    valueOf(send<Page<ClassificationRow>>('GET', '/api/classifications', { query: { ...filter }, signal }));
  return {
    list,
    /** All jobs of a filter, newest first, in pages of `limit`. */
    iterate: (filter: ClassificationFilter = {}, options: CallOptions = {}) =>
      iteratePages((cursor) => list({ ...filter, cursor: cursor ?? filter.cursor }, options)),
  };
}

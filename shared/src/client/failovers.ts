import type * as z from 'zod/mini';
import type { drillInput, DrillResult } from '../contracts/drill.ts';
import type { Failover } from '../contracts/failover.ts';
import type { FaultKind } from '../contracts/fault.ts';
import type { CallOptions } from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

export interface FailoverFilter extends PageQuery {
  /** Id or name of the provider that failed or was asked next. */
  provider?: string | undefined;
  fault?: FaultKind | undefined;
  drill?: boolean | undefined;
  jobId?: string | undefined;
  /** From inclusive, to exclusive, RFC 3339. */
  from?: string | undefined;
  to?: string | undefined;
}

export function createFailovers(send: Transport) {
  return {
    /** Every switch from one provider to the next, newest first. */
    list: async (filter: FailoverFilter = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Failover>>('GET', '/api/failovers', { query: { ...filter }, signal })),
    /** Runs a job of its own with a fault of choice in front of one provider; at most 15 s. */
    drill: async (drill: z.input<typeof drillInput>, { signal }: CallOptions = {}) =>
      valueOf(send<DrillResult>('POST', '/api/providers/failover', { body: drill, signal })),
  };
}

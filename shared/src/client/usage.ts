import type { FleetUsage } from '../contracts/usage.ts';
import type { CallOptions } from './call.ts';
import type { UsageRange } from './providers.ts';
import { readCsv } from './read-csv.ts';
import { valueOf, type Transport } from './transport.ts';

export interface FleetUsageRange extends UsageRange {
  /** Id or name. */
  provider?: string | undefined;
}

/** Usage of all providers. */
export function createUsage(send: Transport) {
  return {
    /** What was used and what it cost: in all, over time, by provider, model and client. */
    read: async (range: FleetUsageRange = {}, { signal }: CallOptions = {}) =>
      valueOf(send<FleetUsage>('GET', '/api/usage', { query: { ...range }, signal })),
    /** The same as CSV, with a row per hour or day, provider, model, client and purpose. */
    csv: async (range: FleetUsageRange = {}, { signal }: CallOptions = {}) =>
      readCsv(send, '/api/usage', { query: { ...range }, signal }),
  };
}

import type { LabelStatsList, Overview, ProviderStatsList, StatsWindow } from '../contracts/stats.ts';
import type { CallOptions } from './call.ts';
import { valueOf, type Transport } from './transport.ts';

/** Statistics, of the last 24 hours where no window is named. */
export function createStats(send: Transport) {
  return {
    /** The service at a glance. */
    overview: async (window?: StatsWindow, { signal }: CallOptions = {}) =>
      valueOf(send<Overview>('GET', '/api/stats/overview', { query: { window }, signal })),

    /** What each provider did, side by side. */
    providers: async (window?: StatsWindow, { signal }: CallOptions = {}) =>
      valueOf(send<ProviderStatsList>('GET', '/api/stats/providers', { query: { window }, signal })),

    /** How often each label was answered, by all providers or by the one that is named. */
    labels: async (
      { window, provider }: { window?: StatsWindow; provider?: string } = {},
      { signal }: CallOptions = {},
    ) => valueOf(send<LabelStatsList>('GET', '/api/stats/labels', { query: { window, provider }, signal })),
  };
}

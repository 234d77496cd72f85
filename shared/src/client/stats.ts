import type { Overview, StatsWindow } from '../contracts/stats.ts';
import type { CallOptions } from './page.ts';
import type { Transport } from './transport.ts';

export function createStats(send: Transport) {
  return {
    /** The service at a glance, over the last 24 hours where no window is named. */
    overview: async (window?: StatsWindow, { signal }: CallOptions = {}) =>
      (await send<Overview>('GET', '/api/stats/overview', { query: { window }, signal })).value,
  };
}

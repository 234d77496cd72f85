import type { Store } from '../connect.ts';
import { countState } from './count-state.ts';

/** How many jobs wait for somebody to work on them, in the ledger or in the queue, counted up to `limit`. */
export async function countBacklog(store: Store, limit: number): Promise<number> {
  const [queued, deferred] = await Promise.all([
    countState(store, 'queued', limit),
    countState(store, 'deferred', limit),
  ]);
  return Math.min(limit, queued + deferred);
}

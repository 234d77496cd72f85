import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

/**
 * How many jobs wait for somebody to work on them, in the ledger or in the queue, counted up to `limit`. Index keys alone
 * are counted; no job is read.
 */
export async function countBacklog(store: Store, limit: number): Promise<number> {
  const jobs = toNative(store.jobs);
  const counts = await Promise.all(
    (['queued', 'deferred'] as const).map((state) =>
      jobs.countDocuments({ state }, { limit, hint: 'state' }),
    ),
  );
  return Math.min(
    limit,
    counts.reduce((sum, count) => sum + count, 0),
  );
}

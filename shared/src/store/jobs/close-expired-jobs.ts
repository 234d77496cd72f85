import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { readServerNow } from '../read-server.ts';
import { updateEach } from '../update-each.ts';
import { LAPSED } from './lapsed.ts';
import { refreshUsages } from './refresh-usage.ts';
import { DEADLINE_EXCEEDED, OPEN_STATES, toFinal } from './to-final.ts';

/**
 * Fails jobs past their deadline, by the ledger's clock, that nobody holds, each with its announcement.
 * @returns how many were closed.
 */
export async function closeExpiredJobs(
  store: Store,
  { limit, erasesText }: { limit: number; erasesText: boolean },
): Promise<number> {
  const nobodyHolds = {
    $or: [{ state: { $in: ['queued', 'deferred'] as const } }, LAPSED],
  };
  // Of the update, too: between the two somebody else may close a job and its client retry it.
  const now = new Date(await readServerNow(store));
  const isExpired = { deadlineAt: { $lte: now }, ...nobodyHolds };
  const expired = await toNative(store.jobs)
    .find({ state: { $in: [...OPEN_STATES] }, ...isExpired }, { projection: { attemptCount: 1 } })
    .sort({ deadlineAt: 1 })
    .limit(limit)
    .toArray();
  if (expired.length === 0) return 0;
  const closed = await updateEach(
    store.jobs,
    expired.map(({ _id }) => ({
      filter: { _id, ...isExpired },
      update: toFinal({ state: 'failed', error: DEADLINE_EXCEEDED }, { erasesText }),
    })),
  );
  await refreshUsages(
    store,
    expired.flatMap(({ _id, attemptCount }) => (attemptCount > 0 ? [_id] : [])),
  );
  return closed;
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { refreshUsages } from './refresh-usage.ts';
import { DEADLINE_EXCEEDED, OPEN_STATES, toFinal } from './to-final.ts';

/** Fails jobs past their deadline that nobody holds, each with its announcement. @returns how many were closed. */
export async function closeExpiredJobs(
  store: Store,
  { limit, erasesText }: { limit: number; erasesText: boolean },
): Promise<number> {
  const jobs = toNative(store.jobs);
  const nobodyHolds = {
    $or: [
      { state: { $in: ['queued', 'deferred'] as const } },
      { state: 'processing' as const, $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] } },
    ],
  };
  // Of the update, too: between the two somebody else may close a job and its client retry it.
  const isExpired = { deadlineAt: { $lte: new Date() }, ...nobodyHolds };
  const expired = await jobs
    .find({ state: { $in: [...OPEN_STATES] }, ...isExpired }, { projection: { attemptCount: 1 } })
    .sort({ deadlineAt: 1 })
    .limit(limit)
    .toArray();
  if (expired.length === 0) return 0;
  const { modifiedCount } = await jobs.bulkWrite(
    expired.map(({ _id }) => ({
      updateOne: {
        filter: { _id, ...isExpired },
        update: toFinal({ state: 'failed', error: DEADLINE_EXCEEDED }, { erasesText }),
      },
    })) as never,
    { ordered: false },
  );
  await refreshUsages(
    store,
    expired.flatMap(({ _id, attemptCount }) => (attemptCount > 0 ? [_id] : [])),
  );
  return modifiedCount;
}

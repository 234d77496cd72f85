import type { Store } from '../connect.ts';
import { refreshUsage } from './refresh-usage.ts';

/**
 * Sums up the ended jobs anew that these attempts belong to without being of the claim that ended them: whoever settled
 * such an attempt late may have died before it could. Safe to repeat. @returns how many jobs it were.
 */
export async function refreshForeignUsage(store: Store, attemptIds: readonly string[]): Promise<number> {
  const attempts = await store.attempts
    .find(
      { _id: { $in: [...attemptIds] }, purpose: 'job', outcome: { $ne: 'pending' } },
      { jobId: 1, claimToken: 1 },
    )
    .lean();
  if (attempts.length === 0) return 0;
  const jobIds = attempts.map(({ jobId }) => jobId);
  const ended = await store.jobs
    .find(
      { _id: { $in: jobIds }, state: { $in: ['succeeded', 'failed', 'cancelled'] as const } },
      { settledBy: 1 },
    )
    .lean();
  const settledBy = new Map(ended.map((job) => [job._id, job.settledBy]));
  const isForeign = ({ jobId, claimToken }: { jobId: string; claimToken: string }) =>
    settledBy.has(jobId) && settledBy.get(jobId) !== claimToken;
  const foreign = new Set(attempts.filter(isForeign).map(({ jobId }) => jobId));
  for (const jobId of foreign) await refreshUsage(store, jobId);
  return foreign.size;
}

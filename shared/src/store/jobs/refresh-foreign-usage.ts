import type { Store } from '../connect.ts';
import { refreshUsages } from './refresh-usage.ts';
import { FINAL_STATES } from './to-final.ts';

/**
 * Sums up the ended jobs anew whose end knew nothing of these attempts, since they are of another claim or were settled
 * later: whoever settled one may have died before it could do so. Safe to repeat.
 */
export async function refreshForeignUsage(store: Store, attemptIds: readonly string[]): Promise<void> {
  const attempts = await store.attempts
    .find(
      { _id: { $in: [...attemptIds] }, purpose: 'job', outcome: { $ne: 'pending' } },
      { jobId: 1, claimToken: 1, settledAt: 1 },
    )
    .lean();
  if (attempts.length === 0) return;
  const jobIds = attempts.map(({ jobId }) => jobId);
  const ended = await store.jobs
    .find({ _id: { $in: jobIds }, state: { $in: [...FINAL_STATES] } }, { settledBy: 1, finishedAt: 1 })
    .lean();
  const byId = new Map(ended.map((job) => [job._id, job]));
  const isForeign = ({ jobId, claimToken, settledAt }: (typeof attempts)[number]) => {
    const job = byId.get(jobId);
    return job && (job.settledBy !== claimToken || Number(settledAt) > Number(job.finishedAt));
  };
  const foreign = new Set(attempts.filter(isForeign).map(({ jobId }) => jobId));
  await refreshUsages(store, [...foreign]);
}

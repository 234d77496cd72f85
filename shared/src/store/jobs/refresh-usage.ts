import { eraseMessages } from '../attempts/erase-messages.ts';
import type { AttemptDocument } from '../attempts/model.ts';
import { sumUsage } from '../attempts/sum-usage.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { FINAL_STATES } from './to-final.ts';

/**
 * Sums up an ended job's attempts again, where one of them was settled after it ended. A job that has not ended is
 * left alone: whoever ends it sums them up. Of a job that was erased, what a late attempt says is erased, too.
 */
export async function refreshUsage(store: Store, jobId: string): Promise<void> {
  await refreshUsages(store, [jobId]);
}

/** The same for several jobs at once. */
export async function refreshUsages(store: Store, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  const attempts = await store.attempts
    .find(
      { jobId: { $in: [...jobIds] }, outcome: { $ne: 'pending' } },
      { jobId: 1, inputTokens: 1, outputTokens: 1, costNanoUsd: 1, pricing: 1 },
    )
    .lean<AttemptDocument[]>();
  const byJob = Map.groupBy(attempts, ({ jobId }) => jobId);
  const jobs = toNative(store.jobs);
  await jobs.bulkWrite(
    jobIds.map((_id) => ({
      updateOne: {
        filter: { _id, state: { $in: [...FINAL_STATES] } },
        update: { $set: { usage: sumUsage(byJob.get(_id) ?? []) } },
      },
    })) as never,
    { ordered: false },
  );
  const erased = await jobs
    .find({ _id: { $in: [...jobIds] }, erasedAt: { $type: 'date' } }, { projection: { _id: 1 } })
    .toArray();
  const erasedIds = erased.map(({ _id }) => _id);
  if (erasedIds.length > 0) await eraseMessages(store, erasedIds);
}

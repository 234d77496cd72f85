import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { refreshUsages } from './refresh-usage.ts';
import { MAX_CRASHES, toFinal, WORKER_CRASHED } from './to-final.ts';
import type { JobDocument } from './model.ts';

type LapsedJob = Pick<JobDocument, '_id' | 'generation' | 'claim'>;

/**
 * Clears the count of crashes of lapsed jobs whose claim has settled an attempt: their worker died, but not of them.
 * The one that a requeue or a take-over then counts for this very claim is cleared with it.
 */
export async function forgiveProgressed(store: Store, lapsed: readonly LapsedJob[]): Promise<void> {
  const tokens = lapsed.flatMap(({ claim }) => (claim ? [claim.token] : []));
  const settled = await store.attempts
    .find(
      {
        jobId: { $in: lapsed.map(({ _id }) => _id) },
        claimToken: { $in: tokens },
        outcome: { $ne: 'pending' },
      },
      { jobId: 1, claimToken: 1 },
    )
    .lean();
  if (settled.length === 0) return;
  await toNative(store.jobs).bulkWrite(
    settled.map(({ jobId, claimToken }) => ({
      updateOne: {
        filter: { _id: jobId, state: 'processing', 'claim.token': claimToken },
        update: { $set: { crashes: -1 } },
      },
    })) as never,
    { ordered: false },
  );
}

/**
 * Fails those of the lapsed jobs that this crash brings to `MAX_CRASHES`, each with its announcement.
 * @returns how many.
 */
export async function failCrashedJobs(
  store: Store,
  lapsed: readonly LapsedJob[],
  { erasesText }: { erasesText: boolean },
): Promise<number> {
  if (lapsed.length === 0) return 0;
  const { modifiedCount } = await toNative(store.jobs).bulkWrite(
    lapsed.map(({ _id, generation, claim }) => ({
      updateOne: {
        filter: {
          _id,
          generation,
          state: 'processing',
          'claim.token': claim?.token,
          crashes: { $gte: MAX_CRASHES - 1 },
          $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] },
        },
        update: toFinal({ state: 'failed', error: WORKER_CRASHED, crashes: MAX_CRASHES }, { erasesText }),
      },
    })) as never,
    { ordered: false },
  );
  // What was paid for before the crashes is part of what the job used.
  if (modifiedCount > 0)
    await refreshUsages(
      store,
      lapsed.map(({ _id }) => _id),
    );
  return modifiedCount;
}

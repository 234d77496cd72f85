import type { Store } from '../connect.ts';
import { updateEach } from '../update-each.ts';
import { stillLapsed, type LapsedJob } from './lapsed.ts';
import { refreshUsages } from './refresh-usage.ts';
import { MAX_CRASHES, toFinal, WORKER_CRASHED } from './to-final.ts';

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
  await updateEach(
    store.jobs,
    settled.map(({ jobId, claimToken }) => ({
      filter: { _id: jobId, state: 'processing', 'claim.token': claimToken },
      update: { $set: { crashes: -1 } },
    })),
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
  const failed = await updateEach(
    store.jobs,
    lapsed.map((job) => ({
      filter: { ...stillLapsed(job), crashes: { $gte: MAX_CRASHES - 1 } },
      update: toFinal({ state: 'failed', error: WORKER_CRASHED, crashes: MAX_CRASHES }, { erasesText }),
    })),
  );
  // What was paid for before the crashes is part of what the job used.
  if (failed > 0)
    await refreshUsages(
      store,
      lapsed.map(({ _id }) => _id),
    );
  return failed;
}

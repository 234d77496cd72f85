import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { refreshUsages } from './refresh-usage.ts';
import type { JobDocument } from './model.ts';
import { CANCELLED, OPEN_STATES, toFinal } from './to-final.ts';

/** What came of an attempt to end jobs. */
export interface EndedJobs {
  /** How many were open until now. */
  ended: number;
  /** Entries that the queue may still have, though nobody is to work on them. */
  queued: { jobId: string; generation: number }[];
}

/**
 * Cancels those of these jobs that are open, whoever holds them: each in one conditional update that clears the claim,
 * so that whichever of this and a settlement comes first wins. What earlier attempts cost stays in their usage.
 */
export async function cancelJobs(
  store: Store,
  jobIds: readonly string[],
  { erasesText }: { erasesText: boolean },
): Promise<EndedJobs> {
  return endJobs(store, jobIds, () => toFinal({ state: 'cancelled', error: CANCELLED }, { erasesText }));
}

/** Ends those of these jobs that are open by the update that `toEnd` gives for each. */
export async function endJobs(
  store: Store,
  jobIds: readonly string[],
  toEnd: () => ReturnType<typeof toFinal>,
): Promise<EndedJobs> {
  const jobs = toNative(store.jobs);
  const open = await jobs
    .find<Pick<JobDocument, '_id' | 'state' | 'generation' | 'waiting' | 'attemptCount'>>(
      { _id: { $in: [...jobIds] }, state: { $in: [...OPEN_STATES] } },
      { projection: { state: 1, generation: 1, waiting: 1, attemptCount: 1 } },
    )
    .toArray();
  if (open.length === 0) return { ended: 0, queued: [] };
  const { modifiedCount } = await jobs.bulkWrite(
    open.map(({ _id }) => ({
      updateOne: { filter: { _id, state: { $in: [...OPEN_STATES] } }, update: toEnd() },
    })) as never,
    { ordered: false },
  );
  await refreshUsages(
    store,
    open.flatMap(({ _id, attemptCount }) => (attemptCount > 0 ? [_id] : [])),
  );
  const queued = open.filter(({ state, waiting }) => state === 'queued' && !waiting);
  return {
    ended: modifiedCount,
    queued: queued.map(({ _id: jobId, generation }) => ({ jobId, generation })),
  };
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { endJobs, type EndedJobs } from '../jobs/cancel-jobs.ts';
import type { JobDocument } from '../jobs/model.ts';
import { OPEN_STATES, toFinal } from '../jobs/to-final.ts';
import { toItemRange } from './item-id.ts';

/** Some of a batch's jobs in order of input, those behind `afterId`. */
export async function readBatchJobs(
  store: Store,
  batchId: string,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<JobDocument[]> {
  return store.jobs
    .find({ _id: toItemRange(batchId, afterId) })
    .sort({ _id: 1 })
    .limit(limit)
    .lean<JobDocument[]>();
}

/** Which jobs a batch has, in order of input, and the names that their sender knows them by. */
export async function readBatchJobIds(
  store: Store,
  batchId: string,
): Promise<Pick<JobDocument, '_id' | 'customId'>[]> {
  return toNative(store.jobs)
    .find<Pick<JobDocument, '_id' | 'customId'>>(
      { _id: toItemRange(batchId, null) },
      { projection: { customId: 1 }, sort: { _id: 1 } },
    )
    .toArray();
}

const CANCELLED = { code: 'cancelled' as const, message: 'Its batch was cancelled.' };

/**
 * Cancels at most `limit` of a batch's open jobs, each with its announcement; whoever works on one has lost its claim.
 * @returns which open jobs it found, none when nothing is left to cancel, and what came of them.
 */
export async function cancelBatchJobs(
  store: Store,
  batchId: string,
  { limit, erasesText }: { limit: number; erasesText: boolean },
): Promise<EndedJobs & { jobIds: string[] }> {
  const open = await toNative(store.jobs)
    .find({ batchId, state: { $in: [...OPEN_STATES] } }, { projection: { _id: 1 }, limit, hint: 'batch' })
    .toArray();
  const jobIds = open.map(({ _id }) => _id);
  const ended = await endJobs(store, jobIds, () =>
    toFinal({ state: 'cancelled', error: CANCELLED }, { erasesText }),
  );
  return { ...ended, jobIds };
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import { refreshUsage } from '../jobs/refresh-usage.ts';
import { toFinal } from '../jobs/to-final.ts';
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

const OPEN = { $in: ['queued', 'deferred', 'processing'] as JobDocument['state'][] };
const CANCELLED = { code: 'cancelled' as const, message: 'Its batch was cancelled.' };

/**
 * Cancels at most `limit` of a batch's open jobs, each with its announcement; whoever works on one has lost its claim.
 * @returns how many open jobs it found: zero when nothing is left to cancel.
 */
export async function cancelBatchJobs(store: Store, batchId: string, limit: number): Promise<number> {
  const jobs = toNative(store.jobs);
  const found = await jobs
    .find({ batchId, state: OPEN }, { projection: { attemptCount: 1 }, limit, hint: 'batch' })
    .toArray();
  if (found.length === 0) return 0;
  await jobs.bulkWrite(
    found.map(({ _id }) => ({
      updateOne: {
        filter: { _id, state: OPEN },
        update: toFinal({ state: 'cancelled', error: CANCELLED }),
      },
    })) as never,
    { ordered: false },
  );
  for (const { _id, attemptCount } of found) if (attemptCount > 0) await refreshUsage(store, _id);
  return found.length;
}

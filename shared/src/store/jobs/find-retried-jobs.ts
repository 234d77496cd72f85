import type { Store } from '../connect.ts';
import type { JobDocument } from './model.ts';

/** A retried job as its event tells it. */
export type RetriedJob = Pick<
  JobDocument,
  '_id' | 'client' | 'state' | 'batchId' | 'provider' | 'degraded' | 'finishedAt'
>;

/** Those of these jobs that wait again and that nobody has taken up yet. */
export async function findRetriedJobs(store: Store, jobIds: readonly string[]): Promise<RetriedJob[]> {
  return store.jobs
    .find(
      { _id: { $in: [...jobIds] }, state: 'queued' },
      { client: 1, state: 1, batchId: 1, provider: 1, degraded: 1, finishedAt: 1 },
    )
    .lean<RetriedJob[]>();
}

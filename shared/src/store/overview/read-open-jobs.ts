import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import { toAcceptedAt } from '../jobs/to-accepted-at.ts';

/** The jobs that have not ended, as they are now. */
export interface OpenJobs {
  queued: number;
  processing: number;
  deferred: number;
  /** When the oldest queued job was accepted, or tried again; null where none waits. */
  oldestQueuedAt: Date | null;
}

/** So many of the first are looked at: they may have been tried again just now, though made long before. */
const MAX_FIRST_JOBS = 20;

/**
 * Counts open jobs by walking their part of the index `state`, and nothing else: about a million a second, none of the
 * jobs that have ended. The oldest is one seek, since ids sort by creation.
 */
export async function readOpenJobs(store: Store): Promise<OpenJobs> {
  const count = async (state: string) => {
    const answer = await store.connection.db?.command({ count: 'jobs', query: { state }, hint: 'state' });
    return Number(answer?.['n'] ?? 0);
  };
  const [queued, processing, deferred, oldestQueuedAt] = await Promise.all([
    count('queued'),
    count('processing'),
    count('deferred'),
    findOldestQueued(store),
  ]);
  return { queued, processing, deferred, oldestQueuedAt };
}

async function findOldestQueued(store: Store): Promise<Date | null> {
  const first = await toNative(store.jobs)
    .find<Pick<JobDocument, 'deadlineAt' | 'deadlineMs'>>(
      { state: 'queued' },
      {
        hint: 'state',
        sort: { state: 1, _id: 1 },
        limit: MAX_FIRST_JOBS,
        projection: { deadlineAt: 1, deadlineMs: 1 },
      },
    )
    .toArray();
  const accepted = first.map((job) => toAcceptedAt(job).getTime());
  return accepted.length === 0 ? null : new Date(Math.min(...accepted));
}

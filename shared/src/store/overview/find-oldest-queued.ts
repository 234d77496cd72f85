import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import { toAcceptedAt } from '../jobs/to-accepted-at.ts';

/** So many of the first are looked at: they may have been tried again just now, though made long before. */
const MAX_FIRST_JOBS = 20;

/** When the oldest queued job was accepted, or tried again; null where none waits. One seek, since ids sort by creation. */
export async function findOldestQueued(store: Store): Promise<Date | null> {
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

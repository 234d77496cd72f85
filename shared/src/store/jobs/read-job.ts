import type { JobState } from '../../contracts/classification.ts';
import type { AttemptDocument } from '../attempts/model.ts';
import type { CONFIRMED } from '../confirmed.ts';
import type { Store } from '../connect.ts';
import { ofClient } from '../filter-parts.ts';
import type { JobDocument } from './model.ts';

/** One job of `client`, or of any client where that is null; null where there is none. As `CONFIRMED` for whoever vouches for it. */
export async function readJob(
  store: Store,
  id: string,
  client: string | null,
  read: Partial<typeof CONFIRMED> = {},
): Promise<JobDocument | null> {
  const filter = { _id: id, ...ofClient(client) };
  return store.jobs.findOne(filter, null, read).lean<JobDocument>();
}

/** The state of one job alone, for those who wait for its end. */
export async function readJobState(store: Store, id: string): Promise<JobState | null> {
  const job = await store.jobs.findById(id, { state: 1 }).lean<Pick<JobDocument, 'state'>>();
  return job?.state ?? null;
}

/** The attempts of each of these jobs, in order of start. */
export async function readAttempts(
  store: Store,
  jobIds: readonly string[],
): Promise<Map<string, AttemptDocument[]>> {
  const byJob = new Map<string, AttemptDocument[]>(jobIds.map((id) => [id, []]));
  const attempts = await store.attempts
    .find({ jobId: { $in: [...jobIds] } })
    .sort({ jobId: 1, number: 1 })
    .lean<AttemptDocument[]>();
  for (const attempt of attempts) byJob.get(attempt.jobId)?.push(attempt);
  return byJob;
}

import type { JobDocument } from '../store/jobs/model.ts';
import type { AppEvent } from './events.ts';

type ChangedJob = Pick<
  JobDocument,
  '_id' | 'client' | 'state' | 'batchId' | 'provider' | 'degraded' | 'finishedAt'
>;

/** The event that tells the state which a job is in. */
export function toJobUpdated(job: ChangedJob): Extract<AppEvent, { type: 'job.updated' }> {
  const { _id, client, state, batchId, provider, degraded, finishedAt } = job;
  return {
    type: 'job.updated',
    id: _id,
    client,
    state,
    batchId,
    provider: provider?.name ?? null,
    degraded,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

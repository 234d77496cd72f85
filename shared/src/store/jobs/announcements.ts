import { CONFIRMED } from '../confirmed.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from './model.ts';

/** A job that ended and whose end is still to be told. */
export type AnnouncedJob = Pick<
  JobDocument,
  '_id' | 'client' | 'state' | 'batchId' | 'provider' | 'degraded' | 'finishedAt' | 'webhookUrl' | 'trace'
> &
  Required<Pick<JobDocument, 'announce'>>;

const ANNOUNCED = {
  client: 1,
  state: 1,
  batchId: 1,
  provider: 1,
  degraded: 1,
  finishedAt: 1,
  webhookUrl: 1,
  trace: 1,
  announce: 1,
} as const;

/** Those of these jobs whose end is still to be told. */
export async function findAnnouncements(store: Store, jobIds: readonly string[]): Promise<AnnouncedJob[]> {
  return store.jobs
    .find({ _id: { $in: [...jobIds] }, 'announce.at': { $exists: true } }, ANNOUNCED)
    .lean<AnnouncedJob[]>();
}

/**
 * Ended jobs whose announcement is older than `before`: whoever ended them did not get to relay it. None whose end may
 * still be lost.
 */
export async function findStaleAnnouncements(
  store: Store,
  before: Date,
  limit: number,
): Promise<AnnouncedJob[]> {
  return store.jobs
    .find({ 'announce.at': { $lt: before } }, ANNOUNCED, CONFIRMED)
    .sort({ 'announce.at': 1 })
    .limit(limit)
    .lean<AnnouncedJob[]>();
}

/** Notes that these announcements were relayed. */
export async function clearAnnouncements(
  store: Store,
  relayed: { jobId: string; eventId: string }[],
): Promise<void> {
  if (relayed.length === 0) return;
  await toNative(store.jobs).updateMany(
    {
      _id: { $in: relayed.map(({ jobId }) => jobId) },
      // An event is of one job only; after a retry it may have another one to announce.
      'announce.eventId': { $in: relayed.map(({ eventId }) => eventId) },
    },
    { $unset: { announce: 1 } },
    // Where it is forgotten the end is told again, which nobody notices.
    { hint: '_id_', writeConcern: { w: 1 } },
  );
}

import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

/** Fails jobs past their deadline that nobody holds, each with its announcement. @returns how many were closed. */
export async function closeExpiredJobs(store: Store, limit: number): Promise<number> {
  const jobs = toNative(store.jobs);
  const nobodyHolds = {
    $or: [
      { state: { $in: ['queued', 'deferred'] as const } },
      { state: 'processing' as const, $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] } },
    ],
  };
  const expired = await jobs
    .find(
      { state: { $in: ['queued', 'deferred', 'processing'] }, deadlineAt: { $lte: new Date() } },
      { projection: { _id: 1 } },
    )
    .sort({ deadlineAt: 1 })
    .limit(limit)
    .toArray();
  if (expired.length === 0) return 0;
  const { modifiedCount } = await jobs.bulkWrite(
    expired.map(({ _id }) => ({
      updateOne: { filter: { _id, ...nobodyHolds }, update: toDeadlineExceeded() },
    })) as never,
    { ordered: false },
  );
  return modifiedCount;
}

function toDeadlineExceeded() {
  const error = { code: 'deadline_exceeded', message: 'No provider answered before the deadline.' };
  return {
    $set: { state: 'failed', error, claim: null, deferred: null, 'announce.eventId': createId('evt') },
    $currentDate: { finishedAt: true, 'announce.at': true },
  };
}

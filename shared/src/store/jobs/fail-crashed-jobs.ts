import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from './model.ts';

type LapsedJob = Pick<JobDocument, '_id' | 'generation' | 'claim'>;

/** Claims in a row whose worker died with no settled attempt, after which the job itself is taken for the cause. */
export const CRASHES_AT_MOST = 5;

/**
 * Clears the count of crashes of lapsed jobs whose claim has settled an attempt: their worker died, but not of them.
 * The one that a requeue or a take-over then counts for this very claim is cleared with it.
 */
export async function forgiveProgressed(store: Store, lapsed: readonly LapsedJob[]): Promise<void> {
  const tokens = lapsed.flatMap(({ claim }) => (claim ? [claim.token] : []));
  const settled = await store.attempts
    .find(
      {
        jobId: { $in: lapsed.map(({ _id }) => _id) },
        claimToken: { $in: tokens },
        outcome: { $ne: 'pending' },
      },
      { jobId: 1, claimToken: 1 },
    )
    .lean();
  if (settled.length === 0) return;
  await toNative(store.jobs).bulkWrite(
    settled.map(({ jobId, claimToken }) => ({
      updateOne: {
        filter: { _id: jobId, state: 'processing', 'claim.token': claimToken },
        update: { $set: { crashes: -1 } },
      },
    })) as never,
    { ordered: false },
  );
}

/**
 * Fails those of the lapsed jobs that this crash brings to `CRASHES_AT_MOST`, each with its announcement.
 * @returns how many.
 */
export async function failCrashedJobs(store: Store, lapsed: readonly LapsedJob[]): Promise<number> {
  if (lapsed.length === 0) return 0;
  const { modifiedCount } = await toNative(store.jobs).bulkWrite(
    lapsed.map(({ _id, generation, claim }) => ({
      updateOne: {
        filter: {
          _id,
          generation,
          state: 'processing',
          'claim.token': claim?.token,
          crashes: { $gte: CRASHES_AT_MOST - 1 },
          $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] },
        },
        update: toWorkerCrashed(),
      },
    })) as never,
    { ordered: false },
  );
  return modifiedCount;
}

function toWorkerCrashed() {
  const message = `The worker died ${CRASHES_AT_MOST} times in a row while it had this job.`;
  return {
    $set: {
      state: 'failed',
      error: { code: 'worker_crashed', message },
      claim: null,
      deferred: null,
      crashes: CRASHES_AT_MOST,
      'announce.eventId': createId('evt'),
    },
    $currentDate: { finishedAt: true, 'announce.at': true },
  };
}

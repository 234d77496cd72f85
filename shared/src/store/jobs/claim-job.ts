import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { createGroupCommit } from '../group-commit.ts';
import type { JobDocument } from './model.ts';

/** A claim is good for this long after it was made or renewed. */
export const LEASE_MS = 6_000;

export interface ClaimInput {
  jobId: string;
  generation: number;
  /** Fresh for every claim: the fence that each later write of the holder filters on. */
  token: string;
  workerId: string;
}

/** `LEASE_MS` from now by the server's clock, as an aggregation expression. */
export const leaseFromNow = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: LEASE_MS } };

/**
 * Claims a job that nobody holds, or whose holder's lease ran out. Resolves with the claimed job, or null where
 * there is nothing to do: held by another, ended, or of another generation.
 */
export function createClaimJob(store: Store): (input: ClaimInput) => Promise<JobDocument | null> {
  const jobs = toNative(store.jobs);

  async function readClaimed(batch: ClaimInput[]) {
    const claimed = await jobs
      .find({
        _id: { $in: batch.map(({ jobId }) => jobId) },
        'claim.token': { $in: batch.map(({ token }) => token) },
      })
      .toArray();
    const byToken = new Map(claimed.map((job) => [job.claim?.token, job as JobDocument]));
    return batch.map(({ token }) => byToken.get(token) ?? null);
  }

  return createGroupCommit({
    async commit(batch) {
      await jobs.bulkWrite(batch.map(toClaim), { ordered: false });
      return readClaimed(batch);
    },
    async readBack(batch) {
      return (await readClaimed(batch)).map((job) => job ?? undefined);
    },
  });
}

function toClaim({ jobId, generation, token, workerId }: ClaimInput) {
  const lapsed = { state: 'processing' as const, $expr: { $lt: ['$claim.leaseUntil', '$$NOW'] } };
  const takesOver = { $cond: [{ $eq: ['$state', 'processing'] }, 1, 0] };
  return {
    updateOne: {
      filter: { _id: jobId, generation, $or: [{ state: { $in: ['queued', 'deferred'] as const } }, lapsed] },
      update: [
        {
          $set: {
            state: 'processing',
            waiting: false,
            claim: { token: { $literal: token }, workerId: { $literal: workerId }, leaseUntil: leaseFromNow },
            startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
            crashes: { $add: ['$crashes', takesOver] },
            deferred: null,
          },
        },
      ],
    },
  } as never;
}

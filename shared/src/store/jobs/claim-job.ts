import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { toNative, type UpdateMany } from '../define-model.ts';
import { ownValue } from '../own-value.ts';
import { LAPSED } from './lapsed.ts';
import type { JobDocument } from './model.ts';

/** A claim is good for this long after it was made or renewed. */
export const LEASE_MS = 6_000;

export interface ClaimInput {
  jobId: string;
  generation: number;
  /** Fresh for every claim: the fence that each later write of the holder filters on. */
  token: string;
  workerId: string;
  /** Of the span that it is claimed under, which becomes its trace where it has none of its own yet. */
  traceparent?: string | null;
}

/** `LEASE_MS` from now by the server's clock, as an aggregation expression. */
export const leaseFromNow = { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: LEASE_MS } };

/**
 * Claims a job that nobody holds, or whose holder's lease ran out. Resolves with the claimed job, or null where
 * there is nothing to do: held by another, ended, or of another generation.
 */
export function createClaimJob(store: Store): (input: ClaimInput) => Promise<JobDocument | null> {
  const jobs = toNative(store.jobs);

  /** Nothing comes of a claim before the majority has an attempt or an end that filters on it. */
  const confirmed = () => ({ writeConcern: store.primary.leading() });

  /** One alone needs no second round trip to be read. */
  async function claimOne(input: ClaimInput): Promise<JobDocument | null> {
    const [filter, update] = toClaim([input]);
    const options = { hint: { _id: 1 }, returnDocument: 'after', ...confirmed() } as const;
    const claimed = await jobs.findOneAndUpdate(filter, update, options);
    return claimed as JobDocument | null;
  }

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
      const [first, ...others] = batch;
      if (first && others.length === 0) return [await claimOne(first)];
      const [filter, update, options] = toClaim(batch);
      await jobs.updateMany(filter, update, { ...options, ...confirmed() });
      return readClaimed(batch);
    },
    // Not confirmed: whatever follows filters on the token, by a majority write.
    async readBack(batch) {
      return (await readClaimed(batch)).map((job) => job ?? undefined);
    },
  });
}

/** Claims of jobs, each of its own generation and by its own token, as one update. */
function toClaim(batch: readonly ClaimInput[]): UpdateMany<JobDocument> {
  const takesOver = { $cond: [{ $eq: ['$state', 'processing'] }, 1, 0] };
  const jobIds = batch.map(({ jobId }) => jobId);
  // A batch may have two generations of one job, after a Redis that was frozen.
  const own = { jobId: '$_id', generation: '$generation' } as const;
  const entries = batch.map(({ jobId, generation }) => ({ jobId, generation }));
  const holders = batch.map(({ token, workerId }) => ({ token, workerId }));
  return [
    {
      _id: { $in: jobIds },
      $expr: { $in: [own, { $literal: entries }] },
      $or: [{ state: { $in: ['queued', 'deferred'] as const } }, LAPSED],
    },
    [
      {
        $set: {
          state: 'processing',
          waiting: false,
          claim: { $mergeObjects: [ownValue(own, entries, holders), { leaseUntil: leaseFromNow }] },
          startedAt: { $ifNull: ['$startedAt', '$$NOW'] },
          crashes: { $add: ['$crashes', takesOver] },
          deferred: null,
          ...toOwnTraces(batch),
        },
      },
    ],
    { hint: '_id_' },
  ];
}

/** What is claimed under a span and has no trace of its own yet has that of the span. */
function toOwnTraces(batch: readonly ClaimInput[]) {
  const traced = batch.flatMap(({ jobId, traceparent = null }) =>
    traceparent === null ? [] : [{ jobId, trace: { traceparent, role: 'parent' } }],
  );
  if (traced.length === 0) return {};
  const jobIds = traced.map(({ jobId }) => jobId);
  const isTraced = { $and: [{ $eq: ['$trace.role', 'link'] }, { $in: ['$_id', jobIds] }] };
  const own = ownValue(
    '$_id',
    jobIds,
    traced.map(({ trace }) => trace),
  );
  return { trace: { $cond: [isTraced, own, '$trace'] } };
}

import type { PipelineStage } from 'mongoose';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { endJobs, type EndedJobs } from '../jobs/cancel-jobs.ts';
import type { JobDocument } from '../jobs/model.ts';
import { OPEN_STATES, toFinal } from '../jobs/to-final.ts';
import { toItemRange } from './item-id.ts';

/** One job has up to 2 MB in its text and labels. */
const MAX_BYTES = 4 * 1_048_576;

/**
 * Which jobs of a batch come behind `afterId`, in order of input, `limit` of them at most. Those that stand together are
 * not too large to be read at once, or it is one alone.
 */
export async function groupBatchJobs(
  store: Store,
  batchId: string,
  { afterId, limit }: { afterId: string | null; limit: number },
): Promise<string[][]> {
  const sizes = await toNative(store.jobs)
    .aggregate<{ _id: string; bytes: number }>([
      { $match: { _id: toItemRange(batchId, afterId) } },
      { $sort: { _id: 1 } },
      { $limit: limit },
      { $project: { bytes: { $bsonSize: '$$ROOT' } } },
    ] satisfies PipelineStage[])
    .toArray();
  const groups: string[][] = [];
  let left = 0;
  for (const { _id, bytes } of sizes) {
    if (bytes > left || groups.length === 0) {
      groups.push([]);
      left = MAX_BYTES;
    }
    groups.at(-1)?.push(_id);
    left -= bytes;
  }
  return groups;
}

/** Those of these jobs that are there, in order of input. */
export async function readBatchJobs(store: Store, jobIds: readonly string[]): Promise<JobDocument[]> {
  return store.jobs
    .find({ _id: { $in: [...jobIds] } })
    .sort({ _id: 1 })
    .lean<JobDocument[]>();
}

/** Which jobs a batch has, in order of input, and the names that their sender knows them by. */
export async function readBatchJobIds(
  store: Store,
  batchId: string,
): Promise<Pick<JobDocument, '_id' | 'customId'>[]> {
  return toNative(store.jobs)
    .find<Pick<JobDocument, '_id' | 'customId'>>(
      { _id: toItemRange(batchId, null) },
      { projection: { customId: 1 }, sort: { _id: 1 } },
    )
    .toArray();
}

const CANCELLED = { code: 'cancelled' as const, message: 'Its batch was cancelled.' };

/**
 * Cancels at most `limit` of a batch's open jobs, each with its announcement; whoever works on one has lost its claim.
 * @returns which open jobs it found, none when nothing is left to cancel, and what came of them.
 */
export async function cancelBatchJobs(
  store: Store,
  batchId: string,
  { limit, erasesText }: { limit: number; erasesText: boolean },
): Promise<EndedJobs & { jobIds: string[] }> {
  const open = await toNative(store.jobs)
    .find({ batchId, state: { $in: [...OPEN_STATES] } }, { projection: { _id: 1 }, limit, hint: 'batch' })
    .toArray();
  const jobIds = open.map(({ _id }) => _id);
  const ended = await endJobs(store, jobIds, () =>
    toFinal({ state: 'cancelled', error: CANCELLED }, { erasesText }),
  );
  return { ...ended, jobIds };
}

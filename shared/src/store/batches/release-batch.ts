import type { Bounded } from '../bounded.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { isDuplicateKey } from '../insert-each.ts';
import { toStagedRange } from './item-id.ts';
import type { BatchDocument } from './model.ts';

/** Small enough for the ledger to do it within its time, whatever the size of the jobs. */
const BATCH_SIZE = 250;

export type AcceptedBatch = Pick<BatchDocument, '_id' | 'state' | 'uploadId' | 'createdAt'>;

/**
 * Makes the staged items of an accepted batch jobs like any other, in order of input. Whoever finds it half done goes
 * on, two at once do no harm: a job that is there already stays as it is. `bounded` is put around each step, for whoever may
 * not wait for long.
 */
export async function releaseBatch(
  store: Store,
  batch: AcceptedBatch,
  bounded: Bounded = (step) => step,
): Promise<void> {
  const { _id: batchId, uploadId, createdAt, state } = batch;
  if (state !== 'accepted' || uploadId === null) return;
  const staged = toNative(store.stagedJobs);
  const { $gt, $lt } = toStagedRange(batchId, uploadId);
  for (let after: string | undefined = $gt; after !== undefined;) {
    const step: { _id: string }[] = await bounded(
      staged
        .find({ _id: { $gt: after, $lt } }, { projection: { _id: 1 }, sort: { _id: 1 }, limit: BATCH_SIZE })
        .toArray(),
    );
    const last = step.at(-1)?._id;
    if (last !== undefined) {
      await bounded(releaseStep(store, { $gt: after, $lte: last }, createdAt));
    }
    after = step.length < BATCH_SIZE ? undefined : last;
  }
  await bounded(store.batches.updateOne({ _id: batchId, state: 'accepted' }, { state: 'running' }).exec());
  await bounded(store.stagedJobs.deleteMany({ _id: toStagedRange(batchId) }).exec());
}

/** Plain inserts take half the time of inserts that look first; only where somebody was here before are those needed. */
async function releaseStep(store: Store, range: { $gt: string; $lte: string }, createdAt: Date) {
  const insert = (whenMatched: 'fail' | 'keepExisting') =>
    toNative(store.stagedJobs)
      .aggregate([
        { $match: { _id: range } },
        { $sort: { _id: 1 } },
        ...toJobs(createdAt),
        { $merge: { into: 'jobs', on: '_id', whenMatched, whenNotMatched: 'insert' } },
      ])
      .toArray();
  try {
    await insert('fail');
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await insert('keepExisting');
  }
}

/** Their time counts from the moment that the batch was accepted. */
function toJobs(createdAt: Date) {
  return [
    { $replaceRoot: { newRoot: '$job' } },
    { $set: { createdAt, deadlineAt: { $add: [createdAt, '$deadlineMs'] } } },
  ];
}

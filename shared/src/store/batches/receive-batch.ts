import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { insertEach, isDuplicateKey } from '../insert-each.ts';
import type { JobDocument } from '../jobs/model.ts';
import { toItemIndex, toStagedId, toStagedRange } from './item-id.ts';
import type { BatchDocument } from './model.ts';

/** One sending of a batch; the same batch may be sent more than once, also at the same time. */
export interface Upload {
  batchId: string;
  uploadId: string;
}

const NOTHING = { queued: 0, processing: 0, deferred: 0, succeeded: 0, failed: 0, cancelled: 0 };

/** Notes that a batch is being received, unless it was accepted before: then it is given as it is. */
export async function beginUpload(
  store: Store,
  { batchId, uploadId, client }: Upload & { client: string },
): Promise<BatchDocument | null> {
  const batches = toNative(store.batches);
  const fresh = {
    client,
    uploadId: null,
    bodyHmac: null,
    keyVersion: null,
    createdAt: new Date(store.clock.now()),
    lookToken: null,
    total: 0,
    rejected: [],
    counts: NOTHING,
    finishedAt: null,
  };
  // Until one of the two finds the batch: it may come, and a refused one may go, in between.
  for (;;) {
    try {
      await batches.updateOne(
        { _id: batchId, state: 'receiving' },
        { $setOnInsert: fresh, $addToSet: { uploads: uploadId }, $currentDate: { seenAt: true } },
        { upsert: true },
      );
      return null;
    } catch (error) {
      // Its id is taken: by itself in another state, or by another upload that began at the same moment.
      if (!isDuplicateKey(error)) throw error;
    }
    const known = await store.batches.findById(batchId).lean<BatchDocument>();
    if (known && known.state !== 'receiving') return known;
  }
}

/** Lays jobs up out of everybody's sight, under the ids that they will have. Safe to repeat. */
export async function stageJobs(
  store: Store,
  { batchId, uploadId }: Upload,
  jobs: readonly JobDocument[],
): Promise<void> {
  const staged = jobs.map((job) => ({ _id: toStagedId(batchId, uploadId, toItemIndex(job._id)), job }));
  await insertEach(store.stagedJobs, staged);
}

/**
 * Takes an upload back: it was broken off, refused, or another was through first. A batch that nobody sends goes. What
 * turns out to have been accepted stays as it is.
 */
export async function endUpload(store: Store, { batchId, uploadId }: Upload): Promise<void> {
  const receiving = { _id: batchId, state: 'receiving' as const };
  await store.batches.updateOne(receiving, { $pull: { uploads: uploadId } });
  await store.batches.deleteOne({ ...receiving, uploads: { $size: 0 } });
  // An acceptance that is still on its way meets nothing now; one whose confirmation was lost is seen.
  if (await store.batches.exists({ _id: batchId, uploadId })) return;
  await store.stagedJobs.deleteMany({ _id: toStagedRange(batchId, uploadId) });
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toStagedRange } from './item-id.ts';
import type { BatchDocument, BatchState } from './model.ts';
import type { AcceptedBatch } from './release-batch.ts';

/** Batches in `state` that nobody did anything about since `before`, those first that wait longest. */
export async function findUnattended(
  store: Store,
  state: BatchState,
  before: Date,
  limit: number,
): Promise<AcceptedBatch[]> {
  return store.batches
    .find({ state, seenAt: { $lt: before } }, { state: 1, uploadId: 1, createdAt: 1 })
    .sort({ seenAt: 1 })
    .limit(limit)
    .lean<AcceptedBatch[]>();
}

/** When the oldest batch was accepted, since `since`, whose items are not all jobs yet; null where there is none. */
export async function findOldestUnreleased(store: Store, since: Date): Promise<Date | null> {
  const oldest = await store.batches
    .findOne({ state: 'accepted', createdAt: { $gte: since } }, { _id: 0, createdAt: 1 })
    .sort({ createdAt: 1 })
    .hint('seen')
    .lean<Pick<BatchDocument, 'createdAt'>>();
  return oldest?.createdAt ?? null;
}

/** Removes a batch that is still being received and that nobody sent anything of since `before`. */
export async function removeBroken(store: Store, batchId: string, before: Date): Promise<void> {
  // First the batch: an upload that wakes up now is refused before its items are gone.
  const { deletedCount } = await store.batches.deleteOne({
    _id: batchId,
    state: 'receiving',
    seenAt: { $lt: before },
  });
  if (deletedCount === 1) await store.stagedJobs.deleteMany({ _id: toStagedRange(batchId) });
}

/**
 * Removes what is staged and belongs to no batch that is being received or to be released: whoever was to remove it
 * died. It looks at `limit` batches, beginning behind `afterId`. @returns where to go on, or null at the end.
 */
export async function removeLeftovers(
  store: Store,
  afterId: string | null,
  limit: number,
): Promise<string | null> {
  let after = afterId ?? '';
  for (let step = 0; step < limit; step += 1) {
    const staged = await toNative(store.stagedJobs).findOne(
      { _id: { $gt: after } },
      { projection: { _id: 1 }, sort: { _id: 1 } },
    );
    if (!staged) return null;
    const batchId = staged._id.slice(0, staged._id.indexOf('.'));
    const batch = await store.batches.findById(batchId, { state: 1 }).lean<Pick<BatchDocument, 'state'>>();
    const range = toStagedRange(batchId);
    if (batch?.state !== 'receiving' && batch?.state !== 'accepted') {
      await store.stagedJobs.deleteMany({ _id: range });
    }
    after = range.$lt;
  }
  return after;
}

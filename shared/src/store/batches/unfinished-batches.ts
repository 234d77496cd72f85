import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toStagedRange, toUpload } from './item-id.ts';
import type { BatchDocument, BatchState } from './model.ts';
import type { AcceptedBatch } from './release-batch.ts';

const ACCEPTED_FIELDS = { state: 1, uploadId: 1, createdAt: 1 } as const;

/** Batches in `state` that nobody did anything about since `before`, those first that wait longest. */
export async function findUnattended(
  store: Store,
  state: BatchState,
  before: Date,
  limit: number,
): Promise<AcceptedBatch[]> {
  return store.batches
    .find({ state, seenAt: { $lt: before } }, ACCEPTED_FIELDS)
    .sort({ seenAt: 1 })
    .limit(limit)
    .lean<AcceptedBatch[]>();
}

/** The one of these batches that was accepted and whose items are not all jobs yet; null where there is none. */
export async function findUnreleased(
  store: Store,
  batchIds: readonly string[],
): Promise<AcceptedBatch | null> {
  return store.batches
    .findOne({ _id: { $in: [...batchIds] }, state: 'accepted' }, ACCEPTED_FIELDS)
    .lean<AcceptedBatch>();
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

/**
 * Removes a batch that is still being received and that nobody sent anything of since `before`. Of what is staged only
 * what those uploads sent that it knew: somebody may begin to send it anew.
 */
export async function removeBroken(store: Store, batchId: string, before: Date): Promise<void> {
  // First the batch: an upload that wakes up now is refused before its items are gone.
  const broken = await store.batches
    .findOneAndDelete({ _id: batchId, state: 'receiving', seenAt: { $lt: before } })
    .lean<Pick<BatchDocument, 'uploads'>>();
  for (const uploadId of broken?.uploads ?? []) {
    await store.stagedJobs.deleteMany({ _id: toStagedRange(batchId, uploadId) });
  }
}

/**
 * Removes what was staged by uploads that no batch knows any more: whoever was to remove it died. It looks at `limit`
 * uploads, beginning behind `afterId`. @returns where to go on, or null at the end.
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
    const { batchId, uploadId } = toUpload(staged._id);
    const isKnown = await store.batches.exists({
      _id: batchId,
      $or: [
        { state: 'receiving', uploads: uploadId },
        { state: 'accepted', uploadId },
      ],
    });
    const range = toStagedRange(batchId, uploadId);
    if (!isKnown) await store.stagedJobs.deleteMany({ _id: range });
    after = range.$lt;
  }
  return after;
}

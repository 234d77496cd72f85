import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { BatchDocument } from './model.ts';
import type { Upload } from './receive-batch.ts';

export type Acceptance = Pick<
  BatchDocument,
  'bodyHmac' | 'keyVersion' | 'createdAt' | 'total' | 'rejected' | 'evaluation'
>;

/**
 * Accepts a batch whose items are all staged: from here on it stands. @returns the batch in force: this one, or the one
 * that another upload made first; null where upkeep took it for broken off.
 */
export async function acceptBatch(
  store: Store,
  { batchId, uploadId }: Upload,
  acceptance: Acceptance,
): Promise<BatchDocument | null> {
  await toNative(store.batches).updateOne(
    { _id: batchId, state: 'receiving', uploads: uploadId },
    {
      $set: {
        ...acceptance,
        state: 'accepted',
        uploadId,
        uploads: [],
        'counts.queued': acceptance.total,
      },
      $currentDate: { seenAt: true },
    },
  );
  // Also after a write whose confirmation was lost and that the driver repeated.
  const inForce = await store.batches.findById(batchId).lean<BatchDocument>();
  return inForce?.state === 'receiving' ? null : inForce;
}

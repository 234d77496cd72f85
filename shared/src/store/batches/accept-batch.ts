import type { AuditDocument } from '../audit/model.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import type { BatchDocument } from './model.ts';
import type { Upload } from './receive-batch.ts';

export type Acceptance = Pick<
  BatchDocument,
  'bodyHmac' | 'keyVersion' | 'createdAt' | 'total' | 'rejected' | 'evaluation'
>;

/**
 * Accepts a batch whose items are all staged: from here on it stands, and so does its audit row, where it has one.
 * @returns the batch in force: this one, or the one that another upload made first; null where upkeep took it for
 * broken off.
 */
export async function acceptBatch(
  store: Store,
  { batchId, uploadId }: Upload,
  acceptance: Acceptance,
  audit: Omit<AuditDocument, '_id' | 'at'> | null = null,
): Promise<BatchDocument | null> {
  const accept = (session?: ClientSession) =>
    toNative(store.batches).updateOne(
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
      { ...(session && { session }) },
    );
  if (audit) {
    await inTransaction(store, async (session) => {
      const { modifiedCount } = await accept(session);
      if (modifiedCount === 1) await writeAudit(store, audit, session);
    });
  } else await accept();
  // Also after a write whose confirmation was lost and that the driver repeated.
  const inForce = await store.batches.findById(batchId).lean<BatchDocument>();
  return inForce?.state === 'receiving' ? null : inForce;
}

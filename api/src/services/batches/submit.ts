import type { BatchAccepted } from '@understudy/shared/contracts/batch';
import { readBatchJobIds } from '@understudy/shared/store/batches/batch-jobs';
import { toItemIndex } from '@understudy/shared/store/batches/item-id';
import type { BatchDocument } from '@understudy/shared/store/batches/model';
import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import type { Context } from '../../context.ts';
import type { Upload } from '../../http/upload.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { acceptJobs } from './accept-jobs.ts';
import { receiveBatch, skimBatch } from './receive.ts';

interface SubmitInput {
  viewer: Viewer;
  upload: Upload;
  idempotencyKey: string | undefined;
  /** Aborted when the caller is gone, or may be here no more. */
  signal: AbortSignal;
}

interface Submitted {
  batch: BatchAccepted;
  /** The key was used before: this is the batch that it made then. */
  replayed: boolean;
}

/**
 * Accepts a batch, whole or not at all, while it arrives.
 * @throws {ValidationError} where none, or not all of an atomic batch, can be accepted; {StoreUnavailableError} where
 * the ledger does not confirm; {AppError} `idempotency_key_reused`, `backlog_full`, or `rate_limited` where too much is
 * sent at once. Nothing stays then.
 */
export async function submitBatch(ctx: Context, input: SubmitInput): Promise<Submitted> {
  const { signal } = input;
  const { actor, client } = input.viewer;
  const { upload, leave } = ctx.uploadRoom.enter(actor.tokenId ?? client, input.upload);
  try {
    const { batch, staged } = await acceptJobs(ctx, {
      ...input,
      kind: 'bat',
      async receive(sending, mark) {
        const { jobs, rejected } = await receiveBatch(ctx, { client, upload, sending, mark, signal });
        return { jobs, rejected, total: jobs.length };
      },
      skim: (mark) => skimBatch({ upload, mark, signal }),
    });
    if (!staged) return { batch: await readAccepted(ctx, batch), replayed: true };
    const { jobs, rejected } = staged;
    return { batch: { id: batch._id, accepted: jobs.length, rejected, jobs }, replayed: false };
  } finally {
    leave();
  }
}

async function readAccepted(ctx: Context, batch: BatchDocument): Promise<BatchAccepted> {
  await releaseBatch(ctx.store, batch, inStoreTime);
  const jobs = await inStoreTime(readBatchJobIds(ctx.store, batch._id));
  return {
    id: batch._id,
    accepted: batch.total,
    rejected: batch.rejected,
    jobs: jobs.map(({ _id, customId = null }) => ({ index: toItemIndex(_id), customId, id: _id })),
  };
}

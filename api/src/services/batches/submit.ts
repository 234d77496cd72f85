import { randomUUID } from 'node:crypto';
import type { BatchAccepted } from '@understudy/shared/contracts/batch';
import { AppError, StoreUnavailableError } from '@understudy/shared/errors';
import { createId } from '@understudy/shared/ids';
import { acceptBatch } from '@understudy/shared/store/batches/accept-batch';
import { readBatchJobIds } from '@understudy/shared/store/batches/batch-jobs';
import { toItemIndex } from '@understudy/shared/store/batches/item-id';
import type { BatchDocument } from '@understudy/shared/store/batches/model';
import {
  beginUpload,
  endUpload,
  type Upload as Sending,
} from '@understudy/shared/store/batches/receive-batch';
import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import type { Context } from '../../context.ts';
import type { Upload } from '../../http/route.ts';
import type { Viewer } from '../../http/viewer.ts';
import {
  assertIdempotencyKey,
  assertSameMark,
  createBodyMarker,
  toKeyRow,
} from '../classifications/idempotency.ts';
import { assertLedgerAnswers } from '../classifications/submit.ts';
import { inStoreTime } from '../in-store-time.ts';
import { receiveBatch, skimBatch } from './receive.ts';

interface SubmitInput {
  viewer: Viewer;
  upload: Upload;
  idempotencyKey: string | undefined;
}

interface Submitted {
  batch: BatchAccepted;
  /** The key was used before: this is the batch that it made then. */
  replayed: boolean;
}

/**
 * Accepts a batch: its items are staged as they arrive, one update accepts them all, then they become jobs. Whatever
 * dies in between, the batch is whole or not there.
 * @throws {ValidationError} where none, or not all of an atomic batch, can be accepted; {StoreUnavailableError} where
 * the ledger does not confirm; {AppError} `idempotency_key_reused`, `backlog_full`, or `rate_limited` where too much is
 * sent at once. Nothing stays then.
 */
export async function submitBatch(ctx: Context, input: SubmitInput): Promise<Submitted> {
  const { actor, client } = input.viewer;
  const { upload, leave } = ctx.uploadRoom.enter(actor.tokenId ?? client, input.upload);
  try {
    return await submitEntered(ctx, { ...input, upload });
  } finally {
    leave();
  }
}

async function submitEntered(ctx: Context, input: SubmitInput): Promise<Submitted> {
  const { viewer, idempotencyKey: key } = input;
  if (key !== undefined) assertIdempotencyKey(key);
  assertLedgerAnswers(ctx);
  const batchId = await toBatchId(ctx, viewer.client, key);
  const sending = { batchId, uploadId: randomUUID() };
  const known = await inStoreTime(beginUpload(ctx.store, { ...sending, client: viewer.client }));
  if (known) return replay(ctx, input, known);
  try {
    return await receive(ctx, input, sending);
  } catch (error) {
    await inStoreTime(endUpload(ctx.store, sending)).catch((err: unknown) =>
      ctx.logger.debug({ err, batchId }, 'a refused batch is left to upkeep'),
    );
    throw error;
  }
}

/** The same for every use of a key, also for one that came before and was not finished. */
async function toBatchId(ctx: Context, client: string, key: string | undefined): Promise<string> {
  const batchId = createId('bat');
  if (key === undefined) return batchId;
  const createdAt = new Date(ctx.clock.now());
  const fresh = toKeyRow(ctx.keyRing, { client, key, jobId: batchId, input: { batch: batchId }, createdAt });
  const row = await inStoreTime(ctx.ledger.reserveKey(fresh));
  if (row.jobId.startsWith('bat_')) return row.jobId;
  throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used for a single job.');
}

async function receive(ctx: Context, input: SubmitInput, sending: Sending): Promise<Submitted> {
  const { viewer, upload, idempotencyKey } = input;
  const marker = idempotencyKey === undefined ? null : createBodyMarker(ctx.keyRing);
  const admitted = await inStoreTime(ctx.backlog.admitBatch());
  const received = await receiveBatch(ctx, {
    client: viewer.client,
    upload,
    sending,
    mark: marker?.add,
  });
  const { jobs, rejected } = received;
  const mark = marker?.end() ?? null;
  const acceptance = {
    bodyHmac: mark?.bodyHmac ?? null,
    keyVersion: mark?.keyVersion ?? null,
    createdAt: new Date(ctx.clock.now()),
    total: jobs.length,
    rejected,
  };
  const inForce = await inStoreTime(acceptBatch(ctx.store, sending, acceptance)).catch((error: unknown) => {
    if (error instanceof StoreUnavailableError && idempotencyKey === undefined)
      ctx.unconfirmed.remember(sending.batchId);
    throw error;
  });
  if (!inForce) throw new StoreUnavailableError(new Error('The batch took too long and was given up'));
  if (inForce.uploadId !== sending.uploadId) {
    // A twin was first.
    assertSameMark(mark, toMark(inForce));
    await inStoreTime(endUpload(ctx.store, sending)).catch(() => {});
    return { batch: await readAccepted(ctx, inForce), replayed: true };
  }
  admitted.note(jobs.length);
  await release(ctx, inForce);
  return { batch: { id: sending.batchId, accepted: jobs.length, rejected, jobs }, replayed: false };
}

async function replay(ctx: Context, { upload }: SubmitInput, known: BatchDocument): Promise<Submitted> {
  const marker = createBodyMarker(ctx.keyRing, known.keyVersion ?? undefined);
  await skimBatch({ upload, mark: marker?.add });
  assertSameMark(marker?.end() ?? null, toMark(known));
  return { batch: await readAccepted(ctx, known), replayed: true };
}

async function readAccepted(ctx: Context, batch: BatchDocument): Promise<BatchAccepted> {
  await releaseBatch(ctx.store, batch);
  const jobs = await inStoreTime(readBatchJobIds(ctx.store, batch._id));
  return {
    id: batch._id,
    accepted: batch.total,
    rejected: batch.rejected,
    jobs: jobs.map(({ _id, customId = null }) => ({ index: toItemIndex(_id), customId, id: _id })),
  };
}

/** From here on the batch stands: what this does not do, upkeep does. */
async function release(ctx: Context, batch: BatchDocument): Promise<void> {
  try {
    await releaseBatch(ctx.store, batch);
  } catch (err) {
    ctx.logger.debug({ err, batchId: batch._id }, 'an accepted batch is left to upkeep');
  }
}

const toMark = ({ bodyHmac, keyVersion }: BatchDocument) => ({
  bodyHmac: bodyHmac ?? '',
  keyVersion: keyVersion ?? 0,
});

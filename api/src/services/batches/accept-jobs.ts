import { randomUUID } from 'node:crypto';
import type { RejectedItem } from '@understudy/shared/contracts/batch';
import { AppError, StoreUnavailableError } from '@understudy/shared/errors';
import { createId, isOfKind } from '@understudy/shared/ids';
import type { AuditDocument } from '@understudy/shared/store/audit/model';
import { acceptBatch } from '@understudy/shared/store/batches/accept-batch';
import type { BatchDocument } from '@understudy/shared/store/batches/model';
import {
  beginUpload,
  endUpload,
  type Upload as Sending,
} from '@understudy/shared/store/batches/receive-batch';
import { releaseBatch } from '@understudy/shared/store/batches/release-batch';
import type { EvaluationFacts } from '@understudy/shared/store/evaluations/facts';
import type { IdempotencyKeyDocument } from '@understudy/shared/store/idempotency-keys/model';
import { renewKey } from '@understudy/shared/store/idempotency-keys/renew-key';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { assertHere } from '../../http/while-allowed.ts';
import {
  assertIdempotencyKey,
  assertSameMark,
  createBodyMarker,
  toKeyRow,
} from '../classifications/idempotency.ts';
import { assertLedgerAnswers } from '../classifications/submit.ts';
import { inStoreTime } from '../../in-store-time.ts';

/** Told the parsed body part by part. */
type Mark = ((part: string) => void) | undefined;

/** What was staged. */
interface Staged {
  total: number;
  rejected: RejectedItem[];
  evaluation?: EvaluationFacts;
}

type AuditRow = Omit<AuditDocument, '_id' | 'at'>;

interface Input<T extends Staged> {
  viewer: Viewer;
  idempotencyKey: string | undefined;
  kind: 'bat' | 'evl';
  /** Stages the jobs. @throws where they cannot be accepted. */
  receive(sending: Sending, mark: Mark): Promise<T>;
  /** Reads the body for its marks only: it was accepted before. */
  skim(mark: Mark): Promise<void>;
  /** Aborted when the caller is gone, or may be here no more: nothing is accepted then. */
  signal: AbortSignal;
  /** The audit row of its acceptance; null or absent for none. */
  toAuditRow?(batchId: string, staged: T): AuditRow | null;
}

interface Accepted<T> {
  batch: BatchDocument;
  /** What this call staged; null where the key was used before, and the batch is the one that it made then. */
  staged: T | null;
}

/**
 * Accepts many jobs at once: they are staged, one update accepts them all, then they are released. Whatever dies in
 * between, all of them are there or none.
 * @throws {StoreUnavailableError} where the ledger does not confirm; {UnauthenticatedError} where `signal` aborted;
 * {AppError} `idempotency_key_reused`, `backlog_full`; and what `receive` throws. Nothing stays then.
 */
export async function acceptJobs<T extends Staged>(ctx: Context, input: Input<T>): Promise<Accepted<T>> {
  const { viewer, idempotencyKey: key } = input;
  if (key !== undefined) assertIdempotencyKey(key);
  assertLedgerAnswers(ctx);
  const { jobId: batchId, keyVersion } = await reserve(ctx, input);
  const sending = { batchId, uploadId: randomUUID() };
  const known = await inStoreTime(beginUpload(ctx.store, { ...sending, client: viewer.client }));
  if (known) return { batch: await replay(ctx, input, known), staged: null };
  try {
    return await receive(ctx, input, { sending, keyVersion });
  } catch (error) {
    await inStoreTime(endUpload(ctx.store, sending)).catch((err: unknown) =>
      ctx.logger.debug({ err, batchId }, 'a refused batch is left to upkeep'),
    );
    throw error;
  }
}

/**
 * The batch's id and the version of the master key that marks its body: the same for every use of a key, also for one
 * that came before and was not finished.
 */
async function reserve(
  ctx: Context,
  input: Input<Staged>,
): Promise<Pick<IdempotencyKeyDocument, 'jobId'> & { keyVersion: number | null }> {
  const { viewer, kind, idempotencyKey: key } = input;
  const batchId = createId(kind);
  if (key === undefined) return { jobId: batchId, keyVersion: null };
  const createdAt = new Date(ctx.clock.now());
  const of = { client: viewer.client, key, jobId: batchId, input: { batch: batchId }, createdAt };
  const row = await inStoreTime(ctx.ledger.reserveKey(toKeyRow(ctx.keyRing, of)));
  if (!isOfKind(kind, row.jobId)) {
    throw new AppError('idempotency_key_reused', 'This Idempotency-Key was used for something else.');
  }
  const isOurs = row.jobId === batchId || (await inStoreTime(renewKey(ctx.store, row, createdAt)));
  return isOurs ? row : reserve(ctx, input);
}

async function receive<T extends Staged>(
  ctx: Context,
  input: Input<T>,
  { sending, keyVersion }: { sending: Sending; keyVersion: number | null },
): Promise<Accepted<T>> {
  const { idempotencyKey } = input;
  const marker = keyVersion === null ? null : createMarker(ctx, keyVersion);
  await inStoreTime(ctx.backlog.assertRoom());
  const staged = await input.receive(sending, marker?.add);
  assertHere(input.signal);
  const { total, rejected, evaluation } = staged;
  const mark = marker?.end() ?? null;
  const acceptance = {
    bodyHmac: mark?.bodyHmac ?? null,
    keyVersion: mark?.keyVersion ?? null,
    createdAt: new Date(ctx.clock.now()),
    total,
    rejected,
    ...(evaluation ? { evaluation } : {}),
  };
  const row = input.toAuditRow?.(sending.batchId, staged) ?? null;
  const accepting = inStoreTime(acceptBatch(ctx.store, sending, acceptance, row));
  const inForce = await accepting.catch((error: unknown) => {
    if (error instanceof StoreUnavailableError && idempotencyKey === undefined)
      ctx.unconfirmed.remember({ _id: sending.batchId });
    throw error;
  });
  if (!inForce) throw new StoreUnavailableError(new Error('The batch took too long and was given up'));
  if (inForce.uploadId !== sending.uploadId) {
    // A twin was first.
    assertSameMark(mark, toMark(inForce));
    await inStoreTime(endUpload(ctx.store, sending)).catch(() => {});
    return { batch: inForce, staged: null };
  }
  ctx.backlog.add(total);
  await release(ctx, inForce);
  return { batch: inForce, staged };
}

/** By the key's own version, so that the marks of twins compare; by the newest where that one is gone. */
function createMarker({ keyRing }: Context, keyVersion: number) {
  return createBodyMarker(keyRing, keyVersion) ?? createBodyMarker(keyRing);
}

async function replay(ctx: Context, { skim }: Input<Staged>, known: BatchDocument): Promise<BatchDocument> {
  const marker = createBodyMarker(ctx.keyRing, known.keyVersion ?? undefined);
  await skim(marker?.add);
  assertSameMark(marker?.end() ?? null, toMark(known));
  return known;
}

/** From here on the batch stands: what this does not do, upkeep does. */
async function release(ctx: Context, batch: BatchDocument): Promise<void> {
  try {
    await releaseBatch(ctx.store, batch, inStoreTime);
  } catch (err) {
    ctx.logger.debug({ err, batchId: batch._id }, 'an accepted batch is left to upkeep');
  }
}

const toMark = ({ bodyHmac, keyVersion }: BatchDocument) => ({
  bodyHmac: bodyHmac ?? '',
  keyVersion: keyVersion ?? 0,
});

import {
  isFinal,
  type Classification,
  type ClassificationInput,
} from '@understudy/shared/contracts/classification';
import { AppError, StoreUnavailableError, ValidationError } from '@understudy/shared/errors';
import { createId } from '@understudy/shared/ids';
import { toJobUpdated } from '@understudy/shared/events/to-job-updated';
import { CONFIRMED } from '@understudy/shared/store/confirmed';
import { STORE_TIMEOUT_MS } from '@understudy/shared/store/connect';
import { renewKey } from '@understudy/shared/store/idempotency-keys/renew-key';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readJob } from '@understudy/shared/store/jobs/read-job';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { admitToWindow, enqueue } from './enqueue.ts';
import { findJobOf } from './find.ts';
import { describeJob } from './describe.ts';
import { assertIdempotencyKey, assertSameBody, findKey, toKeyRow } from './idempotency.ts';
import { toJob } from './to-job.ts';
import { waitForEnd } from './wait-for-end.ts';

/** The versions are read every 500 ms; a read that is this late has had no answer for 3 s. */
const SILENT_MS = STORE_TIMEOUT_MS + 500;

interface SubmitInput {
  viewer: Viewer;
  input: ClassificationInput;
  idempotencyKey: string | undefined;
  waitSeconds: number | null;
  signal: AbortSignal;
}

interface Submitted {
  job: Classification;
  /** The key was used before: this is the job that it made then. */
  replayed: boolean;
}

interface Accepted {
  job: JobDocument;
  replayed: boolean;
  /** Whether it was this call that put the job into the ledger. */
  inserted: boolean;
}

/**
 * Accepts a job: into the ledger first, then into the queue if there is room in its window. Once the ledger has it,
 * nothing makes this fail, and the reply waits for nothing else.
 * @throws {StoreUnavailableError} where the ledger does not confirm within 3 s; {ValidationError} for a wrong input.
 */
export async function submitClassification(ctx: Context, input: SubmitInput): Promise<Submitted> {
  const { waitSeconds, signal, idempotencyKey } = input;
  if (idempotencyKey !== undefined) assertIdempotencyKey(idempotencyKey);
  assertLedgerAnswers(ctx);
  const id = createId('job');
  const { job, replayed, inserted } = await inStoreTime(accept(ctx, id, input)).catch((error: unknown) => {
    if (error instanceof StoreUnavailableError && idempotencyKey === undefined)
      ctx.unconfirmed.remember({ _id: id });
    throw error;
  });
  // Before it is in the queue, so that its end cannot be missed.
  const ended =
    waitSeconds === null || isFinal(job.state)
      ? null
      : untilEnded(ctx, job, { waitSeconds, signal, waitsFirst: inserted });
  if (inserted) {
    ctx.outbox.tell(toJobUpdated(job));
    ctx.background.add(enqueue(ctx, job));
  }
  const accepted = await describeJob(ctx, job);
  return { job: (await ended) ?? accepted, replayed };
}

/** While the ledger is silent nothing more is laid up for it, to be inserted late and cancelled then. */
export function assertLedgerAnswers({ watcher }: Context): void {
  const ageMs = watcher.ageMs();
  if (ageMs > SILENT_MS) throw new StoreUnavailableError(new Error(`The ledger is silent for ${ageMs} ms`));
}

async function accept(ctx: Context, id: string, submitted: SubmitInput): Promise<Accepted> {
  const { input, idempotencyKey: key } = submitted;
  const { client } = submitted.viewer;
  const createdAt = new Date(ctx.clock.now());
  const preparing = toJob(ctx, { id, client, input, createdAt });
  if (key === undefined) {
    const prepared = await preparing;
    await ctx.backlog.admit();
    const job = await admitToWindow(ctx, prepared);
    await ctx.ledger.insertJob(job);
    return { job, replayed: false, inserted: true };
  }
  const prepared = await preparing.catch((error: unknown) => {
    if (error instanceof ValidationError) return error;
    throw error;
  });
  // What it named may be gone, or the backlog full, by the time that a key comes again; its job is still the answer.
  const refused = prepared instanceof ValidationError ? prepared : await readRefusal(ctx);
  const row =
    prepared instanceof ValidationError || refused
      ? await findKey(ctx.store, client, key)
      : await ctx.ledger.reserveKey(toKeyRow(ctx.keyRing, { client, key, jobId: id, input, createdAt }));
  if (row) assertSameBody(ctx.keyRing, row, input);
  const replayed = row !== null && row.jobId !== id;
  const known = replayed ? await readJob(ctx.store, row.jobId, client, CONFIRMED) : null;
  if (known) return { job: known, replayed, inserted: false };
  if (prepared instanceof ValidationError) throw prepared;
  if (refused) throw refused;
  if (replayed && !(await renewKey(ctx.store, row, createdAt))) return accept(ctx, id, submitted);

  // Also where a twin reserved the key but has not got to its job, or died before: whoever is first makes it.
  const job = await admitToWindow(ctx, { ...prepared, _id: row?.jobId ?? id });
  const inserted = await ctx.ledger.insertJob(job);
  const twin = inserted ? null : await readJob(ctx.store, job._id, client);
  return { job: twin ?? job, replayed, inserted };
}

/** Why nothing more is let in just now; null where something is. */
async function readRefusal({ backlog }: Context): Promise<AppError | null> {
  try {
    await backlog.admit();
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** The job as it ended, or as it is when the time is up. Never throws: null where that cannot be read. */
async function untilEnded(
  ctx: Context,
  { _id: id }: JobDocument,
  wait: { waitSeconds: number; signal: AbortSignal; waitsFirst: boolean },
): Promise<Classification | null> {
  return waitForEnd(ctx, { ...wait, id, find: () => findJobOf(ctx, null, id) }).catch(() => null);
}

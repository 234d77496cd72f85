import {
  isFinal,
  type Classification,
  type ClassificationInput,
} from '@understudy/shared/contracts/classification';
import { AppError, StoreUnavailableError } from '@understudy/shared/errors';
import { createId } from '@understudy/shared/ids';
import { toJobUpdated } from '@understudy/shared/events/to-job-updated';
import { CONFIRMED } from '@understudy/shared/store/confirmed';
import { STORE_TIMEOUT_MS } from '@understudy/shared/store/connect';
import type { IdempotencyKeyDocument } from '@understudy/shared/store/idempotency-keys/model';
import { renewKey } from '@understudy/shared/store/idempotency-keys/renew-key';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readJob } from '@understudy/shared/store/jobs/read-job';
import type { Place } from '../../caches/backlog.ts';
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
  const accepting =
    idempotencyKey === undefined
      ? acceptWithoutKey(ctx, id, input)
      : acceptWithKey(ctx, id, input, idempotencyKey);
  const { job, replayed, inserted } = await inStoreTime(accepting).catch((error: unknown) => {
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

async function acceptWithoutKey(ctx: Context, id: string, submitted: SubmitInput): Promise<Accepted> {
  const prepared = await prepare(ctx, id, submitted, new Date(ctx.clock.now()));
  if ('refused' in prepared) throw prepared.refused;
  const { job, place } = prepared;
  return place.hold(async () => ({ ...(await insert(ctx, job)), replayed: false }));
}

/** Finds the job that the key was used for, or makes it. */
async function acceptWithKey(
  ctx: Context,
  id: string,
  submitted: SubmitInput,
  key: string,
): Promise<Accepted> {
  const { input } = submitted;
  const { client } = submitted.viewer;
  const createdAt = new Date(ctx.clock.now());
  const prepared = await prepare(ctx, id, submitted, createdAt);
  if ('refused' in prepared) {
    // What it named may be gone, or the backlog full, by the time that a key comes again; its job is still the answer.
    const row = await findKey(ctx.store, client, key);
    const known = row && (await readJobOfKey(ctx, row, submitted));
    if (known) return { job: known, replayed: true, inserted: false };
    throw prepared.refused;
  }
  const { job, place } = prepared;
  return place.hold(() => {
    const ownRow = toKeyRow(ctx.keyRing, { client, key, jobId: id, input, createdAt });
    return findOrInsert(ctx, submitted, ownRow, job);
  });
}

async function findOrInsert(
  ctx: Context,
  submitted: SubmitInput,
  ownRow: IdempotencyKeyDocument,
  prepared: JobDocument,
): Promise<Accepted> {
  for (;;) {
    const row = await ctx.ledger.reserveKey(ownRow);
    const replayed = row.jobId !== ownRow.jobId;
    const known = replayed ? await readJobOfKey(ctx, row, submitted) : null;
    if (known) return { job: known, replayed, inserted: false };
    // Retention removed it since; it is reserved anew.
    if (replayed && !(await renewKey(ctx.store, row, prepared.createdAt))) continue;

    // Also where a twin reserved the key but has not got to its job, or died before: whoever is first makes it.
    const { job, inserted } = await insert(ctx, { ...prepared, _id: row.jobId });
    const twin = inserted ? null : await readJob(ctx.store, job._id, submitted.viewer.client);
    return { job: twin ?? job, replayed, inserted };
  }
}

/** A job to be made, and its place in the backlog. */
interface Prepared {
  job: JobDocument;
  place: Place;
}

/** The job to be made, or why none is: for its input, or as many wait as may. */
async function prepare(
  ctx: Context,
  id: string,
  { viewer: { client }, input }: SubmitInput,
  createdAt: Date,
): Promise<Prepared | { refused: AppError }> {
  try {
    const job = await toJob(ctx, { id, client, input, createdAt });
    return { job, place: await ctx.backlog.admit() };
  } catch (error) {
    if (error instanceof AppError) return { refused: error };
    throw error;
  }
}

/**
 * The job of a key; null where it has not come to one yet.
 * @throws {AppError} `idempotency_key_reused` where it was used with another body.
 */
async function readJobOfKey(
  ctx: Context,
  row: IdempotencyKeyDocument,
  { viewer, input }: SubmitInput,
): Promise<JobDocument | null> {
  assertSameBody(ctx.keyRing, row, input);
  return readJob(ctx.store, row.jobId, viewer.client, CONFIRMED);
}

/** Puts a job into the ledger, with a place in the window if there is one; a twin may have been first. */
async function insert(ctx: Context, prepared: JobDocument): Promise<{ job: JobDocument; inserted: boolean }> {
  const job = await admitToWindow(ctx, prepared);
  const inserted = await ctx.ledger.insertJob(job);
  return { job, inserted };
}

/** The job as it ended, or as it is when the time is up. Never throws: null where that cannot be read. */
async function untilEnded(
  ctx: Context,
  { _id: id }: JobDocument,
  wait: { waitSeconds: number; signal: AbortSignal; waitsFirst: boolean },
): Promise<Classification | null> {
  return waitForEnd(ctx, { ...wait, id, find: () => findJobOf(ctx, null, id) }).catch(() => null);
}

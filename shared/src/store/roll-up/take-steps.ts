import { findOldestUnreleased } from '../batches/unfinished-batches.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import { TAIL_MS } from './buckets.ts';

/** A time from `from`, inclusive, to `to`, exclusive. */
export interface TimeSpan {
  from: Date;
  to: Date;
}

/** One roll-up of jobs into buckets, by a time of theirs. */
export interface RollUp<C> {
  /** The job's time that it goes by, and the index that finds it. */
  field: 'createdAt' | 'finishedAt';
  index: string;
  /** How far back the first step begins, in milliseconds. */
  beginMs: number;
  /** A job within this time of now may still change or come, in milliseconds. */
  lateMs: number;
  /** One step is at most this long, in milliseconds, and where it is given at most about so many jobs. */
  stepMs: number;
  maxJobs?: number;
  /** Up to when jobs are in the buckets; null where it never began. */
  readProgress(session: ClientSession): Promise<Date | null>;
  /** Moves that, by a write that meets everybody else's; only from where it stood. */
  moveProgress(move: { from: Date | null; to: Date }, session: ClientSession): Promise<void>;
  count(span: TimeSpan, session: ClientSession): Promise<C>;
  add(counts: C, session: ClientSession): Promise<void>;
}

const MAX_STEPS = 50;

/**
 * Rolls up what happened since the last time, in bounded steps. Each step is one transaction that counts, adds and moves
 * the progress: whoever takes the same step at the same moment begins it again, so that a job is counted once.
 */
export async function takeSteps<C>(store: Store, rollUp: RollUp<C>, now: number): Promise<void> {
  const horizon = await findHorizon(store, rollUp, now);
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const went = await inTransaction(store, (session) => takeStep(store, rollUp, { now, horizon }, session));
    if (!went) return;
  }
}

/** Up to when all jobs are there. Those of a batch come with the time of its acceptance, whoever releases it, and when. */
async function findHorizon<C>(store: Store, { field, lateMs }: RollUp<C>, now: number): Promise<Date> {
  const horizon = new Date(now - lateMs);
  if (field !== 'createdAt') return horizon;
  // Not for longer than TAIL_MS: a batch that nobody can release would hold everything up for good.
  const unreleased = await findOldestUnreleased(store, new Date(now - TAIL_MS));
  return unreleased && unreleased < horizon ? unreleased : horizon;
}

async function takeStep<C>(
  store: Store,
  rollUp: RollUp<C>,
  { now, horizon }: { now: number; horizon: Date },
  session: ClientSession,
): Promise<boolean> {
  const progress = await rollUp.readProgress(session);
  const from = progress ?? new Date(now - rollUp.beginMs);
  if (from >= horizon) return false;
  const start = await findTime(store, rollUp, { span: { from, to: horizon }, skip: 0 }, session);
  const end = start ? await findEnd(store, rollUp, { from: start, to: horizon }, session) : horizon;
  // First, so that of two at the same step one begins again before it has counted.
  await rollUp.moveProgress({ from: progress, to: end }, session);
  if (start) await rollUp.add(await rollUp.count({ from, to: end }, session), session);
  return true;
}

async function findEnd<C>(store: Store, rollUp: RollUp<C>, { from, to }: TimeSpan, session: ClientSession) {
  const end = new Date(Math.min(from.getTime() + rollUp.stepMs, to.getTime()));
  if (rollUp.maxJobs === undefined) return end;
  const skip = rollUp.maxJobs;
  const last = await findTime(store, rollUp, { span: { from, to: end }, skip }, session);
  // Jobs of one millisecond are never parted.
  return last ? new Date(Math.max(last.getTime(), from.getTime() + 1)) : end;
}

/** The time of the first job of a span, or of the one so many behind it, from the index alone. */
async function findTime<C>(
  store: Store,
  { field, index }: RollUp<C>,
  { span, skip }: { span: TimeSpan; skip: number },
  session: ClientSession,
): Promise<Date | null> {
  const [found] = await toNative(store.jobs)
    .find<Partial<Record<typeof field, Date>>>(
      { [field]: { $gte: span.from, $lt: span.to } },
      { hint: index, sort: { [field]: 1 }, skip, limit: 1, projection: { _id: 0, [field]: 1 }, session },
    )
    .toArray();
  return found?.[field] ?? null;
}

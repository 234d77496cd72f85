import type { ClientSession } from 'mongoose';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction } from '../transaction.ts';
import type { LaneHoldDocument } from '../lane-holds/model.ts';
import { readHolds } from '../lane-holds/read-holds.ts';
import { toHour } from '../usage/bucket.ts';
import { PROGRESS_ID } from './model.ts';

/** How far back the first roll-up begins: the window that is shown. */
const AVAILABILITY_WINDOW_MS = 30 * 86_400_000;
/** A job's insert may land this long after the time it carries: clocks differ, and the ledger may hesitate. */
const LATE_INSERT_MS = 10_000;
/** Jobs accepted within this time are rolled up in one step, so that catching up stays bounded. */
const STEP_MS = 60_000;
const STEPS_AT_MOST = 50;

interface RollUpOptions {
  now: number;
  /** Within this time after it was accepted a job should have its answer, in milliseconds. */
  targetMs: number;
}

interface Counts {
  accepted: number;
  answered: number;
  degraded: number;
}

/**
 * Adds the jobs whose time for an answer is over to the hourly availability buckets. Each job is judged once, at that
 * moment, and costs once: what is read is what was accepted since the last run. Safe to run twice at the same time.
 */
export async function rollUpAvailability(store: Store, { now, targetMs }: RollUpOptions): Promise<void> {
  const horizon = new Date(now - targetMs - LATE_INSERT_MS);
  for (let step = 0; step < STEPS_AT_MOST; step += 1) {
    const progress = await store.availabilityBuckets.findById(PROGRESS_ID).lean();
    const from = progress?.at ?? new Date(now - AVAILABILITY_WINDOW_MS);
    if (from >= horizon) return;
    const first = await store.jobs
      .findOne({ createdAt: { $gte: from, $lt: horizon } }, { createdAt: 1 })
      .sort({ createdAt: 1 })
      .lean();
    const start = first?.createdAt ?? horizon;
    const end = new Date(Math.min(start.getTime() + STEP_MS, horizon.getTime()));
    const hours = first ? await judge(store, start, end, targetMs) : [];
    await inTransaction(store, (session) => add(store, { from: progress?.at, end, hours }, session));
  }
}

/** How the jobs accepted from `start` to before `end` fared, by hour. */
async function judge(store: Store, start: Date, end: Date, targetMs: number) {
  const inTime = {
    $and: [
      { $eq: ['$state', 'succeeded'] },
      { $lte: [{ $subtract: ['$finishedAt', '$createdAt'] }, targetMs] },
    ],
  };
  const holds = await readHolds(store, start);
  const heldBack = holds.flatMap((hold) =>
    HOLDS_OF_LIMITS.has(hold.reason) ? [toHeldBack(hold, inTime)] : [],
  );
  const count = (condition: object) => ({ $sum: { $cond: [condition, 1, 0] } });
  const rows = await store.jobs.aggregate<Counts & { _id: Date }>([
    { $match: { createdAt: { $gte: start, $lt: end }, ...ACCOUNTABLE } },
    ...(heldBack.length > 0 ? [{ $match: { $nor: heldBack } }] : []),
    {
      $group: {
        _id: { $dateTrunc: { date: '$createdAt', unit: 'hour' } },
        accepted: { $sum: 1 },
        answered: count({ $and: [inTime, { $not: '$degraded' }] }),
        degraded: count({ $and: [inTime, '$degraded'] }),
      },
    },
  ]);
  return rows.map(({ _id, ...counts }) => ({ at: toHour(_id), counts }));
}

/** Jobs whose end is not the caller's doing, nor that of a limit which an operator set. */
const ACCOUNTABLE = {
  providers: null,
  state: { $ne: 'cancelled' as const },
  'error.code': { $nin: ['content_filtered', 'rejected_by_provider'] },
  'deferred.reason': { $nin: ['rate_limited', 'budget_exhausted', 'paused'] },
};

const HOLDS_OF_LIMITS: ReadonlySet<string> = new Set(['rate_limited', 'budget_exhausted', 'paused']);

/** Jobs that were not answered in time because their lane was held when they stood in it. */
function toHeldBack({ priority, client, route, from, until }: LaneHoldDocument, inTime: object) {
  return {
    priority,
    client,
    route,
    createdAt: { $lte: until },
    $or: [{ startedAt: null }, { startedAt: { $gte: from } }],
    $expr: { $not: [inTime] },
  };
}

interface Step {
  /** Where the progress stood when the step was read; undefined where it never began. */
  from: Date | undefined;
  end: Date;
  hours: { at: Date; counts: Counts }[];
}

/** Adds a step and moves the progress, unless somebody else moved it meanwhile. */
async function add(store: Store, { from, end, hours }: Step, session: ClientSession) {
  const buckets = toNative(store.availabilityBuckets);
  const moved = await buckets.updateOne(
    from ? { _id: PROGRESS_ID, at: from } : { _id: PROGRESS_ID },
    from ? { $set: { at: end } } : { $setOnInsert: { at: end, accepted: 0, answered: 0, degraded: 0 } },
    { session, upsert: !from },
  );
  if (moved.modifiedCount + moved.upsertedCount === 0 || hours.length === 0) return;
  await buckets.bulkWrite(
    hours.map(({ at, counts }) => ({
      updateOne: {
        filter: { _id: at.toISOString() },
        update: { $inc: { ...counts }, $setOnInsert: { at } },
        upsert: true,
      },
    })),
    { session },
  );
}

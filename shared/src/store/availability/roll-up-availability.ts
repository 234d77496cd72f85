import type { DeferredReason } from '../../contracts/classification.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toWished, type HeldSpan, type LaneKey } from '../lane-holds/model.ts';
import { readHolds } from '../lane-holds/read-holds.ts';
import { WINDOW_MS } from '../../contracts/window-ms.ts';
import { LATE_MS, toStart } from '../roll-up/buckets.ts';
import { takeSteps, type TimeSpan } from '../roll-up/take-steps.ts';
import type { ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import { PROGRESS_ID } from './model.ts';

/** How far back the first roll-up begins: the window that is shown. */
const BEGIN_MS = WINDOW_MS['30d'];
/** Jobs accepted within this time, or about so many, are rolled up in one step, so that each stays short. */
const STEP_MS = 60_000;
const MAX_JOBS = 20_000;

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
interface HourCounts {
  at: Date;
  counts: Counts;
}

/**
 * Adds the jobs whose time for an answer is over to the hourly availability buckets. Each job is judged once, at that
 * moment, and costs once: what is read is what was accepted since the last run. Safe to run twice at the same time.
 */
export async function rollUpAvailability(store: Store, { now, targetMs }: RollUpOptions): Promise<void> {
  const buckets = toNative(store.availabilityBuckets);
  const _id = PROGRESS_ID;
  await takeSteps<HourCounts[]>(
    store,
    {
      field: 'createdAt',
      index: 'created',
      beginMs: BEGIN_MS,
      lateMs: targetMs + LATE_MS,
      stepMs: STEP_MS,
      maxJobs: MAX_JOBS,
      readProgress: async (session) => (await buckets.findOne({ _id }, { session }))?.at ?? null,
      async moveProgress({ from, to }, session) {
        await buckets.updateOne(
          from ? { _id, at: from } : { _id },
          from ? { $set: { at: to } } : { $setOnInsert: { at: to, accepted: 0, answered: 0, degraded: 0 } },
          { session, upsert: !from },
        );
      },
      count: (span, session) => judge(store, span, targetMs, session),
      add: (hours, session) => add(store, hours, session),
    },
    now,
  );
}

/** How the jobs accepted in the span fared, by hour. */
async function judge(
  store: Store,
  { from, to }: TimeSpan,
  targetMs: number,
  session: ClientSession,
): Promise<HourCounts[]> {
  const inTime = {
    $and: [
      { $eq: ['$state', 'succeeded'] },
      { $lte: [{ $subtract: ['$finishedAt', '$createdAt'] }, targetMs] },
    ],
  };
  const holds = await readHolds(store, from);
  const heldBack = holds.flatMap((hold) => {
    const wished = toWished(hold);
    return wished ? [toHeldBack(hold, wished, inTime)] : [];
  });
  const count = (condition: object) => ({ $sum: { $cond: [condition, 1, 0] } });
  const rows = await store.jobs
    .aggregate<Counts & { _id: Date }>([
      { $match: { createdAt: { $gte: from, $lt: to }, ...ACCOUNTABLE } },
      ...(heldBack.length > 0 ? [{ $match: { $nor: heldBack } }] : []),
      {
        $group: {
          _id: { $dateTrunc: { date: '$createdAt', unit: 'hour' } },
          accepted: { $sum: 1 },
          answered: count({ $and: [inTime, { $not: '$stoodIn' }] }),
          degraded: count({ $and: [inTime, '$stoodIn'] }),
        },
      },
    ])
    .session(session);
  return rows.map(({ _id, ...counts }) => ({ at: toStart('hour', _id), counts }));
}

const LIMIT_REASONS: DeferredReason[] = ['rate_limited', 'budget_exhausted', 'paused'];

/** Jobs whose end is not the caller's doing, nor that of a limit which an operator set. */
const ACCOUNTABLE = {
  providers: null,
  state: { $ne: 'cancelled' as const },
  'error.code': { $nin: ['content_filtered', 'rejected_by_provider'] },
  $nor: [{ 'deferred.reason': { $in: LIMIT_REASONS }, 'deferred.byLimit': { $ne: false } }],
};

/** Jobs that were not answered in time because a limit held their lane when they stood in it. */
function toHeldBack({ priority, client, route }: LaneKey, { from, until }: HeldSpan, inTime: object) {
  return {
    priority,
    client,
    route,
    createdAt: { $lte: until },
    $or: [{ startedAt: null }, { startedAt: { $gte: from } }],
    $expr: { $not: [inTime] },
  };
}

async function add(store: Store, hours: readonly HourCounts[], session: ClientSession) {
  const added = hours.flatMap(({ at, counts }) => [
    { _id: at.toISOString(), at, counts },
    { _id: PROGRESS_ID, at, counts },
  ]);
  await updateEach(
    store.availabilityBuckets,
    added.map(({ _id, at, counts }) => ({
      filter: { _id },
      update: { $inc: { ...counts }, $setOnInsert: { at } },
      upsert: true,
    })),
    { session },
  );
}

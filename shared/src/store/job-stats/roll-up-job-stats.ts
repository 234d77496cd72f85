import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { WINDOW_MS } from '../../contracts/window-ms.ts';
import { KEPT_MS, LATE_MS, toExpiry, toStart, WIDTH_MS } from '../roll-up/buckets.ts';
import { takeSteps } from '../roll-up/take-steps.ts';
import type { ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import { COUNT_KINDS, COUNTED, type CountsByMinute, type JobCounts } from './count-jobs.ts';
import { JOB_STATS_WIDTHS, PROGRESS, type JobStatsWidth } from './model.ts';

/** How far back the first roll-up begins: the longest window that is shown. */
const BEGIN_MS = WINDOW_MS['30d'];
/** So much is counted in one step, so that catching up stays bounded. */
const STEP_MS = 10 * WIDTH_MS.minute;

/**
 * Adds jobs that were accepted, and jobs that ended, to the buckets: each once, so what is read is what happened since
 * the last run. Safe to run twice at the same time. A job that ends again after a retry is another end;
 * one that was retried within the first 10 s, before it was counted, is not counted for its first.
 */
export async function rollUpJobStats(store: Store, now: number): Promise<void> {
  await rollUp(store, 'accepted', now);
  await rollUp(store, 'ended', now);
}

async function rollUp(store: Store, kind: keyof typeof COUNTED, now: number) {
  const { field, index, count } = COUNTED[kind];
  const buckets = toNative(store.jobStatsBuckets);
  const _id = PROGRESS[kind];
  await takeSteps<CountsByMinute>(
    store,
    {
      field,
      index,
      beginMs: BEGIN_MS,
      lateMs: LATE_MS,
      stepMs: STEP_MS,
      readProgress: async (session) => (await buckets.findOne({ _id }, { session }))?.at ?? null,
      async moveProgress({ from, to }, session) {
        await buckets.updateOne(
          from ? { _id, at: from } : { _id },
          from ? { $set: { at: to } } : { $setOnInsert: { at: to, width: 'progress', expiresAt: null } },
          { session, upsert: !from },
        );
      },
      count: (span, session) => count(store, span, session),
      async add(counts, session) {
        await add(store, { counts, now }, session);
        await addToTotals(store, _id, counts, session);
      },
    },
    now,
  );
}

async function add(
  store: Store,
  { counts, now }: { counts: CountsByMinute; now: number },
  session: ClientSession,
) {
  const updates = JOB_STATS_WIDTHS.flatMap((width) =>
    [...counts]
      .filter(([minute]) => minute > now - KEPT_MS[width])
      .map(([minute, added]) => toUpdate(width, minute, added)),
  );
  await updateEach(store.jobStatsBuckets, updates, { session });
}

/** What was ever counted, beside how far that is: from these alone a rate can be made over any time. */
async function addToTotals(store: Store, _id: string, counts: CountsByMinute, session: ClientSession) {
  const sums = { accepted: 0, succeeded: 0, failed: 0, cancelled: 0 };
  for (const minute of counts.values()) {
    for (const kind of COUNT_KINDS) sums[kind] += minute[kind];
  }
  await toNative(store.jobStatsBuckets).updateOne({ _id }, { $inc: sums }, { session });
}

function toUpdate(width: JobStatsWidth, minute: number, counts: JobCounts) {
  const at = toStart(width, minute);
  const { wait, answer, ...numbers } = counts;
  const increments = {
    ...numbers,
    ...Object.fromEntries(Object.entries(wait).map(([bin, count]) => [`wait.${bin}`, count])),
    ...Object.fromEntries(Object.entries(answer).map(([bin, count]) => [`answer.${bin}`, count])),
  };
  return {
    filter: { _id: `${width} ${at.toISOString()}` },
    update: { $inc: increments, $setOnInsert: { width, at, expiresAt: toExpiry(width, at) } },
    upsert: true,
  };
}

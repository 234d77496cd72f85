import type { BulkAction, BulkActionName, BulkResult } from '@understudy/shared/contracts/bulk-action';
import { toJobUpdated } from '@understudy/shared/events/to-job-updated';
import { findAnnouncements } from '@understudy/shared/store/jobs/announcements';
import { cancelJobs } from '@understudy/shared/store/jobs/cancel-jobs';
import { eraseJobs } from '@understudy/shared/store/jobs/erase-jobs';
import type { JobFilter } from '@understudy/shared/store/jobs/job-filter';
import {
  findMatchingJobs,
  type Eligible,
  type Matching,
} from '@understudy/shared/store/jobs/find-matching-jobs';
import { findRetriedJobs } from '@understudy/shared/store/jobs/find-retried-jobs';
import { RETRYABLE_STATES, retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { CLOCKS_AGREE_MS } from '@understudy/shared/store/ledger-clock';
import { erasesTexts, FINAL_STATES, OPEN_STATES } from '@understudy/shared/store/jobs/to-final';
import type { Context } from '../../context.ts';
import { fromTimedCursor, toTimedCursor } from '../../http/cursor.ts';
import type { Change } from '../audit/audit-change.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { releaseAccepted } from '../batches/release-accepted.ts';
import { followEnds } from './follow-ends.ts';
import { noteAction } from './note-action.ts';
import { toFilter } from './to-filter.ts';
import { toTrace } from './to-trace.ts';
import { untilTold } from './until-told.ts';

interface BulkInput extends Change {
  input: BulkAction;
  signal: AbortSignal;
}

/** What callers and proxies wait for without doubts; what is not done by then is left to the next call. */
const BUDGET_MS = 20_000;

/** What one step of a call leaves for the next to know. */
interface BulkCall {
  /** Whether somebody tells ends, as far as that is known: where nobody does, no step waits for it again. */
  areEndsTold: boolean;
}

/** An action over the jobs of a filter: whom it can be done to, and how. */
interface Action {
  eligible: Eligible;
  /** @returns how many of these jobs it changed. */
  run(ctx: Context, jobIds: string[], call: BulkCall): Promise<number>;
  audit: string;
}

const ACTIONS: Record<BulkActionName, Action> = {
  cancel: { eligible: { states: OPEN_STATES }, run: cancelAll, audit: 'jobs.cancelled' },
  retry: { eligible: { states: RETRYABLE_STATES, withText: true }, run: retryAll, audit: 'jobs.retried' },
  erase: {
    eligible: { states: [...OPEN_STATES, ...FINAL_STATES], unerased: true },
    run: eraseAll,
    audit: 'jobs.erased',
  },
};

/**
 * Does the same to all jobs of a filter that it can be done to, oldest first, a thousand at a time: as many as there is
 * time for. What is accepted after the first call began is not meant, also by those that go on at its cursor. Safe to
 * repeat: whatever was changed does not match again.
 * @throws {ForbiddenError} for another client's jobs without `admin`; {StoreUnavailableError} where a step is not
 * confirmed: those before it are done.
 */
export async function changeInBulk(
  ctx: Context,
  { input, signal, ...change }: BulkInput,
): Promise<BulkResult> {
  const { action, filter: asked, dryRun, cursor } = input;
  const { eligible, run, audit } = ACTIONS[action];
  const filter = toFilter(ctx, change.viewer, asked);
  const begun = cursor === undefined ? null : fromTimedCursor(cursor, 'job');
  // The clocks of API processes agree to so much, and to leave a job out is worse than to take one that came a moment later.
  const acceptedBy = begun?.at ?? new Date(ctx.clock.now() + CLOCKS_AGREE_MS);
  let afterId = begun?.id ?? null;
  // Before it begins: an action that is cut short is on record, too.
  if (!dryRun) await inStoreTime(note(ctx, change, audit, asked, filter));
  if (asked.batchId !== undefined) await releaseAccepted(ctx, [asked.batchId]);
  const endsAt = ctx.clock.monotonic() + BUDGET_MS;
  const result = { matched: 0, changed: 0 };
  const call: BulkCall = { areEndsTold: true };
  let tryIndex = true;
  do {
    const step: Matching = await inStoreTime(
      findMatchingJobs(ctx.store, filter, eligible, { afterId, acceptedBy, tryIndex }),
    );
    result.matched += step.jobIds.length;
    if (!dryRun && step.jobIds.length > 0) result.changed += await run(ctx, step.jobIds, call);
    ({ lastId: afterId, tryIndex } = step);
  } while (afterId !== null && ctx.clock.monotonic() < endsAt && ctx.isAccepting() && !signal.aborted);
  return { ...result, nextCursor: afterId === null ? null : toTimedCursor(acceptedBy, afterId) };
}

async function cancelAll(ctx: Context, jobIds: string[]): Promise<number> {
  const erasesText = erasesTexts(ctx.catalogue.config());
  const cancelled = await inStoreTime(cancelJobs(ctx.store, jobIds, { erasesText }));
  await followEnds(ctx, jobIds, cancelled);
  return cancelled.ended;
}

async function eraseAll(ctx: Context, jobIds: string[]): Promise<number> {
  const erased = await inStoreTime(eraseJobs(ctx.store, jobIds));
  if (erased.ended > 0) await followEnds(ctx, jobIds, erased);
  return erased.erased;
}

async function retryAll(ctx: Context, jobIds: string[], call: BulkCall): Promise<number> {
  const trace = toTrace(ctx, 'link');
  const untoldIds = (await inStoreTime(findAnnouncements(ctx.store, jobIds))).map(({ _id }) => _id);
  const untold = new Set(untoldIds);
  // Each is in one of two steps only: who has cancelled it between them means that.
  const toldIds = jobIds.filter((id) => !untold.has(id));
  let retried = await inStoreTime(retryJobs(ctx.store, toldIds, { evenUntold: false, trace }));
  if (untoldIds.length > 0) {
    if (call.areEndsTold) call.areEndsTold = await untilTold(ctx, untoldIds);
    retried += await inStoreTime(retryJobs(ctx.store, untoldIds, { evenUntold: true, trace }));
  }
  if (retried > 0) await tellRetried(ctx, jobIds);
  return retried;
}

/** Tells that these jobs wait again, those that still do. Never throws: it is not owed. */
async function tellRetried({ store, outbox, logger }: Context, jobIds: string[]): Promise<void> {
  try {
    for (const job of await inStoreTime(findRetriedJobs(store, jobIds))) outbox.tell(toJobUpdated(job));
  } catch (err) {
    logger.debug({ err }, 'retries are not told');
  }
}

async function note(
  ctx: Context,
  change: Change,
  action: string,
  asked: BulkAction['filter'],
  { client }: JobFilter,
): Promise<void> {
  const target = { kind: 'jobs', id: client ?? '*', name: client ?? 'all clients' };
  await noteAction(ctx, change, { action, target, before: null, after: { filter: asked } });
}

import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Payload } from '@understudy/shared/jobs/catalog';
import { inSpan, type NewSpan } from '@understudy/shared/runtime/tracing/tracing';
import { refreshUsage } from '@understudy/shared/store/jobs/refresh-usage';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import type { JobEnd, Settled } from '@understudy/shared/store/jobs/settle-job';
import {
  MAX_CRASHES,
  DEADLINE_EXCEEDED,
  erasesTexts,
  WORKER_CRASHED,
} from '@understudy/shared/store/jobs/to-final';
import type { Ledger } from '@understudy/shared/store/ledger';
import { claimRun, type ClaimRunDeps, type Run } from './claim-run.ts';
import { INTERNAL_ERROR } from './dispatch/conclude.ts';
import type { DispatchReport } from './dispatch/dispatch-report.ts';
import type { Dispatch } from './dispatch/dispatch.ts';
import type { DispatchInput } from './dispatch/pass.ts';
import { done, type Outcome } from './handlers/handler.ts';
import type { LabelSets } from './label-sets.ts';
import type { Relay } from './relay/relay.ts';
import { toJobEnd } from './to-job-end.ts';
import { LEDGER_WAIT_MS, untilStored } from './until-stored.ts';

export interface ExecuteJobDeps extends ClaimRunDeps {
  ledger: Pick<Ledger, 'claimJob' | 'settleJob'>;
  labelSets: LabelSets;
  dispatch: Dispatch;
  relay: Pick<Relay, 'emit'>;
  settings: () => Pick<DispatchConfig, 'retention'>;
  /** Makes sure that providers and settings are the present ones. */
  refresh: () => Promise<void>;
}

export type ExecuteJob = (payload: Payload<'classification.dispatch'>) => Promise<Outcome>;

/** So that the lease is over when it is looked for again, not about to be. */
const HELD_SLACK_MS = 250;
const LOAD_BOUND_MS = 10_000;

/** Takes one queued job through its pipeline: claim, load, dispatch, settle, emit. */
export function createExecuteJob(deps: ExecuteJobDeps): ExecuteJob {
  const { clock, logger } = deps;
  return async (payload) => {
    const claimed = await claimRun(deps, payload);
    if (claimed.kind === 'store_away') return { kind: 'retry' };
    if (claimed.kind === 'nothing_to_do') return done;
    if (claimed.kind === 'held') {
      return { kind: 'defer', forMs: claimed.leftMs + HELD_SLACK_MS };
    }
    const { run } = claimed;
    // Told after its ledger, and waited for by nobody: the dispatch goes first.
    setImmediate(() => deps.relay.emit({ ...run.job, announce: null }));
    try {
      const report = refuse(run, clock.monotonic()) ?? (await perform(deps, run));
      const end = await toJobEnd(deps, run, report);
      const settled =
        end &&
        (await inSpan(
          deps.tracing,
          () => toSettleSpan(run, end),
          () => settle(deps, run, end),
        ));
      if (settled) {
        noteSettled(deps, run, end, report);
        emit(deps, run, end, settled);
      }
      // Cancelled or taken over: what was paid for here is part of its usage all the same. And an attempt of an earlier
      // claim may have been settled just now, too late for this end and too early to find the job ended.
      const isElsewhere = !settled && report.attempts.length > 0;
      if (isElsewhere || run.job.attemptCount > 0) await sumUp(deps, run);
    } catch (err) {
      // The lease runs out, and upkeep brings the job back.
      logger.error({ err, jobId: run.job._id }, 'a job was left to upkeep');
    } finally {
      run.claim.release();
    }
    return done;
  };
}

/** What may not be tried any more. */
function refuse({ job, jobEndsAt }: Run, nowMs: number): DispatchReport | null {
  if (job.crashes >= MAX_CRASHES) return toFailure(job, WORKER_CRASHED);
  if (jobEndsAt <= nowMs) return toFailure(job, DEADLINE_EXCEEDED);
  return null;
}

async function perform(deps: ExecuteJobDeps, run: Run): Promise<DispatchReport> {
  const { dispatch, logger } = deps;
  const request = await load(deps, run);
  if (request === null) {
    logger.error({ jobId: run.job._id }, 'a job has no text or no labels');
    return toFailure(run.job, INTERNAL_ERROR);
  }
  try {
    return await dispatch({ ...run, request });
  } catch (err) {
    logger.error({ err, jobId: run.job._id }, 'a dispatch failed');
    return toFailure(run.job, INTERNAL_ERROR);
  }
}

async function load(
  { labelSets, refresh, clock, logger }: ExecuteJobDeps,
  { job, claim: held }: Run,
): Promise<DispatchInput['request'] | null> {
  await refresh();
  const what = 'the labels of a job';
  const bound = { clock, logger, boundMs: LOAD_BOUND_MS, what, isWanted: held.isHeld };
  const labelSet = await untilStored(() => labelSets.load(job), bound);
  return job.text === null || labelSet === null ? null : { text: job.text, labelSet, explain: job.explain };
}

async function settle(
  { ledger, settings, clock, logger }: ExecuteJobDeps,
  { job: { _id: jobId }, claim: { token } }: Run,
  end: JobEnd,
): Promise<Settled | null> {
  const bound = { clock, logger, boundMs: LEDGER_WAIT_MS, what: 'the end of a job' };
  const settlement = { jobId, token, end, erasesText: erasesTexts(settings()) };
  const settled = await untilStored(() => ledger.settleJob(settlement), bound);
  if (!settled) logger.info({ jobId }, 'a job ended elsewhere before its end was written here');
  return settled;
}

async function sumUp({ store, clock, logger }: ExecuteJobDeps, { job }: Run): Promise<void> {
  const bound = { clock, logger, boundMs: LEDGER_WAIT_MS, what: 'the usage of a job' };
  await untilStored(() => refreshUsage(store, job._id), bound);
}

function emit({ relay, clock }: ExecuteJobDeps, { job }: Run, end: JobEnd, { eventId }: Settled) {
  if (end.state !== 'deferred' && eventId === null) return;
  const { _id, client, batchId, webhookUrl, trace } = job;
  const succeeded = end.state === 'succeeded' ? end : null;
  relay.emit({
    _id,
    client,
    batchId,
    webhookUrl,
    ...(trace && { trace }),
    state: end.state,
    provider: succeeded?.provider ?? null,
    degraded: succeeded?.degraded ?? false,
    finishedAt: end.state === 'deferred' ? null : new Date(clock.now()),
    announce: eventId === null ? null : { eventId },
  });
}

/** One line for each job would be most of the log: only of one that failed is it written as a rule. */
function noteSettled(
  { logger }: ExecuteJobDeps,
  { job: { _id: jobId, batchId } }: Run,
  end: JobEnd,
  { attempts }: DispatchReport,
) {
  const error = end.state === 'failed' ? end.error.code : undefined;
  const level = error === undefined ? 'debug' : 'info';
  logger[level](
    { jobId, batchId: batchId ?? undefined, state: end.state, attempts: attempts.length, error },
    'a job was settled',
  );
}

function toSettleSpan({ job }: Run, { state }: JobEnd): NewSpan {
  return { name: 'settle', attributes: { 'understudy.job.id': job._id, 'understudy.job.state': state } };
}

/** The end of a job that nobody is asked for: who was passed over last remains on record. */
function toFailure({ passedOver }: JobDocument, error: NonNullable<JobDocument['error']>): DispatchReport {
  return { end: { kind: 'failed', error }, passedOver, rejectedBy: [], attempts: [] };
}

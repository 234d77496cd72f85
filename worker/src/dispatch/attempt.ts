import type { CircuitState, ProviderFlag } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import { createId } from '@understudy/shared/ids';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { ClaimLoss } from '../claims.ts';
import type { ClassifyRequest } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import type { Admission } from './admission/admission.ts';
import type { Asking } from './asking.ts';
import { toAttemptEnd, type AttemptEndInput, type EndedCall } from './attempt-end.ts';
import { endAttemptSpan, toAttemptSpan } from './attempt-span.ts';
import { callAdapter, type CallOutcome } from './call-adapter.ts';
import { NOT_MADE, toCallEnd } from './call-end.ts';
import type { CandidateEnd } from './conclude.ts';
import { BEGIN_SLACK_MS, toAttemptLimitMs, toLeftMs } from './deadline.ts';
import { noteFault, noteTry } from './failovers.ts';
import { FAULT_POLICIES, isUnfinished } from './faults.ts';
import type { Pass } from './pass.ts';
import { toUpperBound, type UpperBound } from './upper-bound.ts';
import type { AttemptRecorder } from './record.ts';
import type { FailoverRecorder } from './record-failover.ts';

export interface AttemptDeps {
  admission: Admission;
  recorder: AttemptRecorder;
  failovers: Pick<FailoverRecorder, 'record'>;
  clock: Clock;
  logger: Logger;
  /** Has the provider flagged for the operator. */
  flag: (pooled: PooledProvider, reason: ProviderFlag, message: string) => void;
  tracing?: Tracing | null;
}

/** How one try at one provider ended; `lost` where the claim is gone and the whole dispatch must end. */
export type AttemptOutcome =
  | Extract<CallOutcome, { kind: 'answered' | 'faulted' | 'defect' }>
  | Extract<CandidateEnd, { kind: 'passed_over' | 'untried' }>
  | { kind: 'lost' };

type Repair = ClassifyRequest['repair'];

/** One attempt at one provider: time left, admission, record, call, record. */
export async function runAttempt(
  deps: AttemptDeps,
  pass: Pass,
  asking: Asking,
  repair: Repair,
): Promise<AttemptOutcome> {
  const { admission, clock } = deps;
  const { pooled } = asking;
  const limitMs = toLimitMs(clock, pass, pooled);
  if (limitMs === null || asking.ending()) return { kind: 'untried' };
  if (!pass.claim.isHeld()) return { kind: 'lost' };
  const id = createId('att');
  const overAt = clock.monotonic() + limitMs + BEGIN_SLACK_MS;
  const request = { ...pass.request, repair };
  const bound = toUpperBound(pooled, request, new Date(clock.now()));
  const { isLastResort, hedge: isHedge } = asking;
  const admittance = await admission.admit(pooled, { id, limitMs, bound, isLastResort, isHedge });
  if (!admittance.admitted) {
    return { kind: 'passed_over', reason: admittance.reason, untilAt: admittance.untilAt };
  }
  const { circuit } = admittance;
  const attempt = await begin(deps, pass, asking, { id, circuit, limitMs, bound });
  if (attempt === null) {
    await admittance.release(NOT_MADE);
    return { kind: 'lost' };
  }
  const span = deps.tracing?.start(toAttemptSpan(pooled, attempt));
  const startedMs = clock.monotonic();
  const { outcome, isCurtailed } = await call(deps, pass, asking, { request, circuit, overAt });
  const endedMs = clock.monotonic();
  const durationMs = endedMs - startedMs;
  const end = toEnd(pass, asking, { attempt, bound, outcome, durationMs });
  if (span) endAttemptSpan(span, pooled, outcome, end);
  const ranMs = endedMs - (asking.startedMs() ?? endedMs);
  // The dispatch goes on while this is written, and it is written while the place is given back.
  pass.attempts.push(end);
  pass.settling.push(deps.recorder.settle(attempt, end));
  await admittance.release(toCallEnd(asking, { outcome, isCurtailed, ranMs }, end));
  return toAttemptOutcome(deps, pass, asking, outcome);
}

/** What an attempt may take from now on, at most until `overAt` where that is given; null where that is too little. */
function toLimitMs(
  clock: Clock,
  { budget }: Pass,
  { provider }: PooledProvider,
  overAt = Number.POSITIVE_INFINITY,
): number | null {
  const dispatchEndsAt = Math.min(budget.dispatchEndsAt, overAt);
  const left = { ...budget, dispatchEndsAt };
  return toAttemptLimitMs(left, clock.monotonic(), provider.configuration.timeoutMs);
}

interface BeginCall {
  id: string;
  circuit: CircuitState;
  limitMs: number;
  bound: UpperBound;
}

/** One after the other: the ledger takes an attempt only with the number after its last. */
function begin(
  deps: AttemptDeps,
  pass: Pass,
  asking: Asking,
  call: BeginCall,
): Promise<AttemptDocument | null> {
  // Behind one that is not on record no other can be.
  const begun = pass.lastNumber.then((last) =>
    last === null ? null : beginNext(deps, pass, asking, { ...call, number: last + 1 }),
  );
  pass.lastNumber = begun.then((attempt) => attempt?.number ?? null);
  return begun;
}

/** @returns null where the claim is gone, or the ledger away for so long that it might be. */
async function beginNext(
  { recorder, logger }: AttemptDeps,
  pass: Pass,
  { pooled, hedge }: Asking,
  call: BeginCall & { number: number },
): Promise<AttemptDocument | null> {
  const { job, claim, attempts } = pass;
  const { _id: jobId, client } = job;
  const progressed = attempts.length > 0;
  const input = { ...call, jobId, client, claimToken: claim.token, pooled, hedge, progressed };
  try {
    return await recorder.begin(input, claim.isHeld);
  } catch (err) {
    logger.error({ err, jobId }, 'an attempt could not be begun');
    return null;
  }
}

async function call(
  deps: AttemptDeps,
  pass: Pass,
  asking: Asking,
  { request, circuit, overAt }: { request: ClassifyRequest; circuit: CircuitState; overAt: number },
): Promise<{ outcome: EndedCall; isCurtailed: boolean }> {
  const { claim } = pass;
  const { pooled, hedge, signal: cut } = asking;
  // The ledger took its time to begin, or the process was frozen: what held before may not hold any more.
  const isWanted = claim.isHeld() && !asking.ending();
  const limitMs = isWanted ? toLimitMs(deps.clock, pass, pooled, overAt) : null;
  if (limitMs === null) return { outcome: { kind: 'not_begun' }, isCurtailed: true };
  const isCurtailed = limitMs < pooled.provider.configuration.timeoutMs;
  const startedMs = deps.clock.monotonic();
  asking.begin({ nowMs: startedMs, leftMs: toLeftMs(pass.budget, startedMs), circuit });
  noteTry(deps, pass, { provider: pooled.reference, startedMs, hedge });
  const outcome = await callAdapter({ adapter: pooled.adapter, request, limitMs, signal: claim.signal, cut });
  if (outcome.kind !== 'faulted' || asking.ending() !== 'overtaken' || !isUnfinished(outcome.fault.kind)) {
    return { outcome, isCurtailed };
  }
  noteFault(deps, pass, pooled.provider._id, outcome.fault.kind);
  return { outcome: { kind: 'overtaken', fault: outcome.fault }, isCurtailed };
}

function toEnd(
  { claim }: Pass,
  { pooled }: Asking,
  ended: Pick<AttemptEndInput, 'bound' | 'outcome' | 'durationMs'> & { attempt: AttemptDocument },
): AttemptEnd {
  const { attempt, ...call } = ended;
  const abortMessage = toAbortMessage(claim.loss());
  return toAttemptEnd({ ...call, pooled, startedAt: attempt.startedAt, abortMessage });
}

function toAttemptOutcome(
  { flag, logger }: AttemptDeps,
  { job, claim }: Pass,
  { pooled }: Asking,
  outcome: EndedCall,
): AttemptOutcome {
  switch (outcome.kind) {
    case 'answered':
      return outcome;
    case 'faulted': {
      const { flag: reason } = FAULT_POLICIES[outcome.fault.kind];
      if (reason) flag(pooled, reason, outcome.fault.message);
      return outcome;
    }
    case 'defect':
      logger.error(
        { err: outcome.error, jobId: job._id, provider: pooled.reference.name },
        'an adapter failed',
      );
      return outcome;
    case 'overtaken':
      return { kind: 'untried' };
    case 'aborted':
    case 'not_begun':
      return claim.isHeld() ? { kind: 'untried' } : { kind: 'lost' };
  }
}

function toAbortMessage(loss: ClaimLoss | null): string {
  switch (loss) {
    case 'gone':
      return 'The job was cancelled or taken over by another worker.';
    case 'lapsed':
      return 'The worker lost its lease on the job.';
    case 'stopping':
      return 'The worker was stopped.';
    case null:
      return 'The time was up before the call began.';
  }
}

import type { CircuitState, ProviderFlag } from '@understudy/shared/contracts/provider';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { createId } from '@understudy/shared/ids';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { ClaimLoss } from '../claims.ts';
import type { ClassifyRequest } from '../llm/adapter.ts';
import type { PooledProvider } from '../provider-pool.ts';
import type { Admission, CallEnd } from './admission.ts';
import { toAttemptEnd, type EndedCall } from './attempt-end.ts';
import { callAdapter, type CallOutcome } from './call-adapter.ts';
import type { CandidateEnd } from './conclude.ts';
import { toAttemptLimitMs } from './deadline.ts';
import { noteTry } from './failovers.ts';
import { FAULT_POLICIES } from './faults.ts';
import type { Pass } from './pass.ts';
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
}

/** How one try at one provider ended; `lost` where the claim is gone and the whole dispatch must end. */
export type AttemptOutcome =
  | Extract<CallOutcome, { kind: 'answered' | 'faulted' | 'defect' }>
  | Extract<CandidateEnd, { kind: 'passed_over' | 'untried' }>
  | { kind: 'lost' };

type Repair = ClassifyRequest['repair'];

/**
 * One attempt at one provider: time left, admission, record, call, record. A hedge is a second one beside it, which
 * takes its own admission and is ended by the claim's signal or by the other's answer.
 */
export async function runAttempt(
  deps: AttemptDeps,
  pass: Pass,
  pooled: PooledProvider,
  repair: Repair,
): Promise<AttemptOutcome> {
  const { admission, clock } = deps;
  const limitMs = toLimitMs(clock, pass, pooled);
  if (limitMs === null) return { kind: 'untried' };
  if (!pass.claim.isHeld()) return { kind: 'lost' };
  const id = createId('att');
  const request = { ...pass.request, repair };
  const admittance = await admission.admit(pooled, { id, limitMs, request });
  if (!admittance.admitted) {
    return { kind: 'passed_over', reason: admittance.reason, untilAt: admittance.untilAt };
  }
  const attempt = await begin(deps, pass, pooled, { id, circuit: admittance.circuit, limitMs });
  if (attempt === null) {
    await admittance.release(NOT_MADE);
    return { kind: 'lost' };
  }
  const startedMs = clock.monotonic();
  const outcome = await call(deps, pass, pooled, request);
  const durationMs = clock.monotonic() - startedMs;
  const { startedAt } = attempt;
  const abortMessage = toAbortMessage(pass.claim.loss());
  const end = toAttemptEnd({ pooled, request, outcome, startedAt, durationMs, abortMessage });
  await admittance.release(toCallEnd(outcome, end));
  // The dispatch goes on while this is written.
  pass.attempts.push(end);
  pass.settling.push(deps.recorder.settle(attempt, end));
  return toAttemptOutcome(deps, pass, pooled, outcome);
}

function toLimitMs(clock: Clock, { budget }: Pass, { provider }: PooledProvider): number | null {
  return toAttemptLimitMs(budget, clock.monotonic(), provider.configuration.timeoutMs);
}

/** @returns null where the claim is gone, or the ledger away for so long that it might be. */
async function begin(
  { recorder, logger }: AttemptDeps,
  pass: Pass,
  pooled: PooledProvider,
  call: { id: string; circuit: CircuitState; limitMs: number },
): Promise<AttemptDocument | null> {
  const { job, claim, attempts } = pass;
  const { _id: jobId, client, attemptCount } = job;
  pass.begun += 1;
  const number = attemptCount + pass.begun;
  const progressed = attempts.length > 0;
  const input = { ...call, jobId, client, claimToken: claim.token, number, pooled, progressed };
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
  pooled: PooledProvider,
  request: ClassifyRequest,
): Promise<EndedCall> {
  const { claim } = pass;
  // The ledger took its time to begin, or the process was frozen: what held before may not hold any more.
  const limitMs = claim.isHeld() ? toLimitMs(deps.clock, pass, pooled) : null;
  if (limitMs === null) return { kind: 'not_begun' };
  noteTry(deps, pass, pooled.reference, deps.clock.monotonic());
  return callAdapter({ adapter: pooled.adapter, request, limitMs, signal: claim.signal });
}

function toAttemptOutcome(
  { flag, logger }: AttemptDeps,
  { claim }: Pass,
  pooled: PooledProvider,
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
      logger.error({ err: outcome.error, provider: pooled.reference.name }, 'an adapter failed');
      return outcome;
    case 'aborted':
    case 'not_begun':
      return claim.isHeld() ? { kind: 'untried' } : { kind: 'lost' };
  }
}

const NOT_MADE: CallEnd = { breaker: 'neutral', cooldown: null, used: { tokens: 0, costNanoUsd: 0 } };

function toCallEnd(
  outcome: EndedCall,
  { inputTokens, outputTokens, costNanoUsd, pricing }: AttemptEnd,
): CallEnd {
  const tokens = inputTokens + outputTokens;
  const used = { tokens: tokens > 0 || pricing === 'free' ? tokens : null, costNanoUsd };
  if (outcome.kind === 'answered') return { breaker: 'good', cooldown: null, used };
  if (outcome.kind !== 'faulted') return { breaker: 'neutral', cooldown: null, used };
  const { breaker, coolsDown } = FAULT_POLICIES[outcome.fault.kind];
  return { breaker, cooldown: coolsDown ? { retryAfterMs: outcome.fault.retryAfterMs } : null, used };
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

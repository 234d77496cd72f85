import { setTimeout as delay } from 'node:timers/promises';
import type { ClassifyRequest, Fault } from '../llm/adapter.ts';
import { toFirstWaitMs } from './admission/cooldown.ts';
import type { Asking } from './asking.ts';
import { runAttempt, type AttemptDeps, type AttemptOutcome } from './attempt.ts';
import type { CandidateEnd } from './conclude.ts';
import { mayFit } from './context-window.ts';
import { toAttemptLimitMs } from './deadline.ts';
import { FAULT_POLICIES } from './faults.ts';
import type { Pass } from './pass.ts';

/** What asking one provider came to: an answer, the loss of the claim, or an end that leads to the next one. */
export type Asked = Extract<AttemptOutcome, { kind: 'answered' | 'lost' }> | CandidateEnd;

export interface AskDeps extends AttemptDeps {
  /** 0 to 1. */
  random: () => number;
}

const MIN_RETRY_WAIT_MS = 50;
const RETRY_JITTER_MS = 200;

/** Asks one provider: an attempt, and one more where the fault allows it. */
export async function ask(deps: AskDeps, pass: Pass, asking: Asking): Promise<Asked> {
  if (!mayFit(pass, asking.pooled)) return { kind: 'passed_over', reason: 'context_window', untilAt: null };
  const first = await runAttempt(deps, pass, asking, null);
  if (first.kind !== 'faulted') return first;

  const again = await prepareAgain(deps, pass, asking, first.fault);
  if (!again) return toEnd(deps, first.fault);
  const second = await runAttempt(deps, pass, asking, again.repair);
  switch (second.kind) {
    case 'answered':
    case 'lost':
      return second;
    case 'faulted':
      return toEnd(deps, second.fault);
    case 'defect':
    case 'passed_over':
    case 'untried':
      // It was tried, so how that ended is what counts.
      return toEnd(deps, first.fault);
  }
}

/** Waits as the fault's policy wants. @returns how to ask again, or null where that is not allowed. */
async function prepareAgain(
  { clock, random }: AskDeps,
  pass: Pass,
  { pooled: { provider }, waits, startedMs, ending, signal }: Asking,
  fault: Fault,
): Promise<{ repair: ClassifyRequest['repair'] } | null> {
  const { again } = FAULT_POLICIES[fault.kind];
  if (again === 'never') return null;
  if (again === 'repair') {
    return fault.answer === null ? null : { repair: { answer: fault.answer, problem: fault.message } };
  }
  const waitMs = MIN_RETRY_WAIT_MS + random() * RETRY_JITTER_MS;
  const retryAt = clock.monotonic() + waitMs;
  // Failover comes before retry: a provider that has already taken long is not asked again.
  const isLate = ending() !== null || retryAt - (startedMs() ?? retryAt) > waits().hedgeAfterMs;
  if (isLate || toAttemptLimitMs(pass.budget, retryAt, provider.configuration.timeoutMs) === null)
    return null;
  await delay(waitMs, undefined, { signal: AbortSignal.any([pass.claim.signal, signal]) }).catch(() => {});
  return { repair: null };
}

function toEnd({ clock }: AskDeps, fault: Fault): CandidateEnd {
  const { coolsDown } = FAULT_POLICIES[fault.kind];
  // Its gate may know better, from the next time on.
  const untilAt = coolsDown ? clock.now() + toFirstWaitMs(fault.retryAfterMs) : null;
  return { kind: 'faulted', fault, untilAt };
}

import type { AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { CallEnd } from './admission/admission.ts';
import type { Asking } from './asking.ts';
import type { EndedCall } from './attempt-end.ts';
import type { HedgeTiming } from './hedge-timing.ts';
import { FAULT_POLICIES, isUnfinished, type BreakerOutcome } from './faults.ts';

/** What is told of a call that was admitted and never made. */
export const NOT_MADE: CallEnd = {
  breaker: 'neutral',
  cooldown: null,
  used: { tokens: 0, costNanoUsd: 0 },
};

/** A call that is over. */
interface Ended {
  outcome: EndedCall;
  /** Whether its job or dispatch left it less time than its provider may take. */
  isCurtailed: boolean;
  /** Since the first call at its provider began. */
  ranMs: number;
}

type Judge = Pick<Asking, 'timing' | 'ending'>;

/** What a call came to, as its provider's gate must know it. */
export function toCallEnd(asking: Judge, ended: Ended, end: AttemptEnd): CallEnd {
  const { inputTokens, outputTokens, costNanoUsd, pricing } = end;
  const { outcome } = ended;
  const tokens = inputTokens + outputTokens;
  const used = { tokens: tokens > 0 || pricing === 'free' ? tokens : null, costNanoUsd };
  const coolsDown = outcome.kind === 'faulted' && FAULT_POLICIES[outcome.fault.kind].coolsDown;
  const cooldown = coolsDown ? { retryAfterMs: outcome.fault.retryAfterMs } : null;
  return { breaker: toBreakerOutcome(asking, ended), cooldown, used };
}

/** What the call says about its provider's health. */
function toBreakerOutcome({ timing, ending }: Judge, { outcome, isCurtailed, ranMs }: Ended): BreakerOutcome {
  switch (outcome.kind) {
    case 'answered':
      return 'good';
    case 'overtaken':
      return toLateness(timing(), ranMs);
    case 'faulted':
      return isUnfinished(outcome.fault.kind) && (isCurtailed || ending() === 'cut')
        ? toLateness(timing(), ranMs)
        : FAULT_POLICIES[outcome.fault.kind].breaker;
    case 'aborted':
    case 'defect':
    case 'not_begun':
      return 'neutral';
  }
}

/** Of a call that we ended: only what it ran past is held against its provider. */
function toLateness({ cutAfterMs, isQuick }: HedgeTiming, ranMs: number): BreakerOutcome {
  if (ranMs < cutAfterMs) return 'neutral';
  return isQuick ? 'bad' : 'slow';
}

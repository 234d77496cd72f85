import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { ProviderFlag } from '@understudy/shared/contracts/provider';

/**
 * What one call says about its provider. `invalid` (unusable output) and `slow` (ended by us, of a provider that may
 * be slow by nature) have counters of their own; `opens` opens the circuit at once; `neutral` says nothing.
 */
export type BreakerOutcome = 'good' | 'bad' | 'slow' | 'invalid' | 'neutral' | 'opens';

export interface FaultPolicy {
  /** Whether the same provider is asked once more: as it was, or with a repair where there is an answer. */
  again: 'never' | 'retry' | 'repair';
  /**
   * Who else may be asked. All but `any` turn the job down for good: `mayFit` and `judge` hold those who come next to it.
   */
  next: 'any' | 'larger_window' | 'if_configured' | 'one_other';
  breaker: BreakerOutcome;
  /** Whether the provider asked to be left alone for a while. */
  coolsDown: boolean;
  /** What only an operator can mend. */
  flag: ProviderFlag | null;
}

const fault = (policy: Partial<FaultPolicy>): FaultPolicy => ({
  again: 'never',
  next: 'any',
  breaker: 'neutral',
  coolsDown: false,
  flag: null,
  ...policy,
});

/** What each kind of fault means for the same provider, the next one, and the circuit. */
export const FAULT_POLICIES: Record<FaultKind, FaultPolicy> = {
  overloaded: fault({ again: 'retry', breaker: 'bad' }),
  server_error: fault({ again: 'retry', breaker: 'bad' }),
  rate_limited: fault({ coolsDown: true }),
  silent: fault({ breaker: 'bad' }),
  timeout: fault({ breaker: 'bad' }),
  network: fault({ again: 'retry', breaker: 'bad' }),
  unauthenticated: fault({ breaker: 'opens', flag: 'unauthenticated' }),
  forbidden: fault({ breaker: 'opens', flag: 'forbidden' }),
  quota: fault({ breaker: 'opens', flag: 'quota' }),
  invalid_output: fault({ again: 'repair', breaker: 'invalid' }),
  context_length: fault({ next: 'larger_window' }),
  content_filter: fault({ next: 'if_configured' }),
  bad_request: fault({ next: 'one_other' }),
};

/** Whether time ran out before the answer was there, be it the provider's own or what we gave it. */
export function isUnfinished(kind: FaultKind | null | undefined): boolean {
  return kind === 'silent' || kind === 'timeout';
}

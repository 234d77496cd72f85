import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { CircuitRecord } from '@understudy/shared/runtime/circuits';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { PooledProvider } from '../provider-pool.ts';
import type { BreakerOutcome } from './faults.ts';
import { createGate, type Gate } from './gate.ts';
import { createWaitingLine } from './waiting-line.ts';

/** What a call that was admitted came to, as far as its provider's gate must know. */
export interface CallEnd {
  breaker: BreakerOutcome;
  /** Set where the provider asked to be left alone. */
  cooldown: { retryAfterMs: number | null } | null;
}

export type Admittance =
  | { admitted: true; circuit: CircuitState; release(end: CallEnd): Promise<void> }
  /** `untilAt` in milliseconds since 1970; null where nobody can say. */
  | { admitted: false; reason: PassedOverReason; untilAt: number | null };

/**
 * Leave to call a provider: everything that may forbid a call is asked in one step and taken all or none, so that
 * another keeper of the limits (over the fleet, in Redis) can stand behind the same interface.
 */
export interface Admission {
  /** `limitMs` is how long the call may take; `release` must be called once when it is over. */
  admit(candidate: PooledProvider, limitMs: number): Promise<Admittance>;
  /** Resolves when a call to one of these providers has ended, or `signal` aborts. */
  untilReleased(providerIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** Adopts the providers as they now are: forgets deleted ones, and the grudges against changed ones. */
  sync(providers: readonly PooledProvider[]): void;
  dispose(): void;
}

interface AdmissionOptions {
  settings: () => DispatchConfig;
  clock: Clock;
  /** Told of every change of a circuit or cooldown. */
  onChange: (providerId: string, record: CircuitRecord) => void;
}

/**
 * Admission within this process: whether the provider is enabled and not flagged, its circuit, its cooldown and
 * `maxConcurrency`. `rateLimit`, `tokensPerMinute` and the monthly budget are not enforced here: they can only be
 * kept over the fleet.
 */
export function createLocalAdmission({ settings, clock, onChange }: AdmissionOptions): Admission {
  const gates = new Map<string, Gate>();
  const line = createWaitingLine();

  function toGate(pooled: PooledProvider): Gate {
    const id = pooled.provider._id;
    const existing = gates.get(id);
    if (existing) return existing;
    const gate = createGate({
      settings,
      clock,
      onChange: (record) => onChange(id, record),
      onRelease: () => line.wake(id),
    });
    gate.adopt(pooled);
    gates.set(id, gate);
    return gate;
  }

  return {
    async admit(candidate, limitMs) {
      return toGate(candidate).enter(candidate, limitMs);
    },
    untilReleased: line.wait,
    sync(providers) {
      const ids = new Set(providers.map(({ provider }) => provider._id));
      for (const [id, gate] of gates) {
        if (ids.has(id)) continue;
        gate.dispose();
        gates.delete(id);
      }
      for (const pooled of providers) toGate(pooled).adopt(pooled);
    },
    dispose() {
      for (const gate of gates.values()) gate.dispose();
      gates.clear();
    },
  };
}

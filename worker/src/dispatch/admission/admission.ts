import type { PassedOverReason } from '@understudy/shared/contracts/classification';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import type { BreakerOutcome } from '../faults.ts';
import type { UpperBound } from '../upper-bound.ts';

/** A call that permission is asked for. */
export interface PlannedCall {
  /** The id of its attempt, under which what is reserved is kept. */
  id: string;
  /** How long it may take. */
  limitMs: number;
  bound: UpperBound;
  /** Whether nobody else is left to ask: then it passes though traffic grows only slowly after an outage. */
  isLastResort?: boolean;
  /** Whether it is to start beside a call that goes on: then nobody comes back for what it was refused. */
  isHedge?: boolean;
  /** Whether it must not be the one that probes an open circuit. */
  isDrill?: boolean;
}

/** What a call that was admitted came to, as far as its provider's gate must know. */
export interface CallEnd {
  breaker: BreakerOutcome;
  /** Set where the provider asked to be left alone. */
  cooldown: { retryAfterMs: number | null } | null;
  /** What it used; null where nobody said, which keeps what was reserved. */
  used: { tokens: number | null; costNanoUsd: number | null };
}

export type Admittance =
  | { admitted: true; circuit: CircuitState; release(end: CallEnd): Promise<void> }
  /** `untilAt` in milliseconds since 1970; null where nobody can say. */
  | { admitted: false; reason: PassedOverReason; untilAt: number | null };

/** How many more calls could be started at a provider just now. */
export interface ProviderRoom {
  providerId: string;
  room: number;
  /** The same if there were places enough: what circuit, cooldown and limits allow; null for any number. */
  allowance: number | null;
  /** Whether that is as little as it is because it was out of order a moment ago: a probe, or traffic that grows. */
  isRecovering: boolean;
  /** Calls that are under way. */
  underWay: number;
  /** How many have ended since the fleet began to count; null where only this process's are known. */
  ended: number | null;
  /** Why there is none; null where there is some. */
  reason: PassedOverReason | null;
  /** When there may be some; milliseconds since 1970, null where there is some or nobody can say. */
  untilAt: number | null;
}

/**
 * Permission to call a provider: everything that may forbid a call is asked in one step, and all of it is taken or none.
 * Kept over the fleet in Redis, or within one process.
 */
export interface Admission {
  /** `release` must be called once when the call is over. */
  admit(candidate: PooledProvider, call: PlannedCall): Promise<Admittance>;
  /**
   * Asks whether another provider may be started beside a call of this one: hedges are at most `hedgeMaxShare` of a
   * provider's calls over a minute, and one a minute where those are few.
   */
  takeHedge(of: PooledProvider): Promise<boolean>;
  /** Notes what an attempt cost that no admitted call stands for, a test's or a check's, once the ledger has its end. */
  charge(providerId: string, attempt: { id: string; costNanoUsd: number }): Promise<void>;
  /** What each of these could take; nothing is taken by asking. */
  readRoom(providers: readonly PooledProvider[]): Promise<ProviderRoom[]>;
  /**
   * Resolves when one of these may be worth asking again: a place came free, it is gone, or something else than places
   * holds it by now; or when `signal` aborts. It promises no place.
   */
  untilReleased(providerIds: readonly string[], signal: AbortSignal): Promise<void>;
  /** Adopts the providers as they now are: forgets deleted ones, and the grudges against those that begin anew. */
  sync(providers: readonly PooledProvider[]): void;
  dispose(): void;
}

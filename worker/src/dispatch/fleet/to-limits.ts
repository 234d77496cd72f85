import { MAX_TIMEOUT_MS } from '@understudy/shared/contracts/provider';
import type { SpendCorrection } from '@understudy/shared/store/providers/model';
import { toMonthlyBudgetUsd } from '@understudy/shared/store/usage/budget';
import { toNanoUsd } from '@understudy/shared/store/usage/nano-usd';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import { BEGIN_SLACK_MS } from '../deadline.ts';

/** By how much the ledger's spend of a month was changed since it happened. */
export type Correction = Pick<SpendCorrection, 'revision' | 'nanoUsd'>;

/** What a call needs to be settled once it is over at its limit, in milliseconds. */
export const SETTLE_SLACK_MS = 3_000;
/** A call may begin late and is settled after its limit; then its place is free, whatever became of it. */
export const LEASE_SLACK_MS = BEGIN_SLACK_MS + SETTLE_SLACK_MS;
/** For how long a call may have its place. */
export const MAX_LEASE_MS = MAX_TIMEOUT_MS + LEASE_SLACK_MS;

/** A provider's limits as the scripts take them; null where there is none. Money in nano-dollars. */
export interface FleetLimits {
  rateLimit: number | null;
  maxConcurrency: number;
  longestLeaseMs: number;
  tokensPerMinute: number | null;
  /** `bound` is the most that the call may cost; null where no price is known, which no budget can hold. */
  budget: { limit: number; bound: number | null; correction: Correction | null } | null;
}

export function toLimits(
  { provider: { configuration, rateLimit, spendCorrection } }: PooledProvider,
  bound: number | null,
  month: string,
): FleetLimits {
  const remote = 'tokensPerMinute' in configuration ? configuration : null;
  const limitUsd = toMonthlyBudgetUsd(configuration);
  return {
    rateLimit,
    maxConcurrency: configuration.maxConcurrency,
    longestLeaseMs: MAX_LEASE_MS,
    tokensPerMinute: remote?.tokensPerMinute ?? null,
    budget:
      limitUsd === null
        ? null
        : { limit: Math.round(toNanoUsd(limitUsd)), bound, correction: toCorrection(spendCorrection, month) },
  };
}

/** What the record of a month is to take over; null where there is nothing. */
function toCorrection(correction: SpendCorrection | null | undefined, month: string): Correction | null {
  if (correction?.month !== month) return null;
  const { revision, nanoUsd } = correction;
  return { revision, nanoUsd };
}

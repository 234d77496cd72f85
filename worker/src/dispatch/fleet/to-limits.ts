import type { PooledProvider } from '../../provider-pool.ts';

/** A provider's limits as the scripts take them; null where there is none. Money in nano-dollars. */
export interface FleetLimits {
  rateLimit: number | null;
  maxConcurrency: number;
  tokensPerMinute: number | null;
  /** `bound` is the most that the call may cost; null where no price is known, which no budget can hold. */
  budget: { limit: number; bound: number | null } | null;
}

export function toLimits(
  { provider: { configuration, rateLimit } }: PooledProvider,
  bound: number | null,
): FleetLimits {
  const remote = 'monthlyBudgetUsd' in configuration ? configuration : null;
  const limitUsd = remote?.monthlyBudgetUsd ?? null;
  return {
    rateLimit,
    maxConcurrency: configuration.maxConcurrency,
    tokensPerMinute: remote?.tokensPerMinute ?? null,
    budget: limitUsd === null ? null : { limit: Math.round(limitUsd * 1e9), bound },
  };
}

import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { priceCall } from './price-call.ts';
import type { RecentLatencies } from './recent-latencies.ts';
import { byPriority, type OrderProviders } from './select.ts';

interface StrategyOptions {
  /** Read for every dispatch, so that a change is in force at once. */
  strategy: () => DispatchConfig['strategy'];
  latencies: Pick<RecentLatencies, 'read'>;
  /** 0 to 1. */
  random: () => number;
}

/** The order of the strategy that is configured. Ties, and what a strategy knows nothing of, go by priority. */
export function createOrder({ strategy, latencies, random }: StrategyOptions): OrderProviders {
  let turn = 0;
  return (providers) => {
    const ordered = byPriority(providers);
    switch (strategy()) {
      case 'priority':
        return ordered;
      case 'latency':
        // One without an answer yet goes first: nobody would ever learn how quick it is otherwise.
        return sortBy(ordered, ({ provider }) => latencies.read(provider._id).medianMs);
      case 'cost':
        return sortBy(ordered, toTypicalCost);
      case 'weighted':
        return byWeight(ordered, random);
      case 'round-robin': {
        const start = turn % Math.max(1, ordered.length);
        turn += 1;
        return [...ordered.slice(start), ...ordered.slice(0, start)];
      }
    }
  };
}

/** A short text with its labels, and the answer to it. */
const TYPICAL_USAGE = { inputTokens: 500, outputTokens: 30, cachedInputTokens: 0 };

/** Nano-dollars of a typical call; one without a known price counts as dearer than any with one. */
function toTypicalCost(pooled: PooledProvider): number {
  return priceCall(pooled, TYPICAL_USAGE).costNanoUsd ?? Number.POSITIVE_INFINITY;
}

/**
 * A random order in which each place goes to one of those left with a chance in proportion to its weight, by
 * Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006). Weight 0 comes last.
 */
function byWeight(providers: readonly PooledProvider[], random: () => number): PooledProvider[] {
  return sortBy(providers, ({ provider: { configuration } }) => {
    const weight = 'weight' in configuration ? configuration.weight : 1;
    return weight > 0 ? -Math.log(1 - random()) / weight : Number.POSITIVE_INFINITY;
  });
}

function sortBy(
  providers: readonly PooledProvider[],
  toKey: (pooled: PooledProvider) => number,
): PooledProvider[] {
  const keyed = providers.map((pooled) => ({ pooled, key: toKey(pooled) }));
  // Not by subtraction: two infinite keys would differ by NaN.
  return keyed.toSorted((a, b) => Number(a.key > b.key) - Number(a.key < b.key)).map(({ pooled }) => pooled);
}

import type { Pricing } from '../../contracts/classification.ts';
import type { UsageSpend, UsageTotals } from '../../contracts/usage.ts';
import { addByKey } from '../add-by-key.ts';
import { toCombinedPricing } from '../attempts/sum-usage.ts';
import type { UsageBucketDocument } from './model.ts';
import { toUsd } from './nano-usd.ts';
import { toQuantile, type Bins } from './sketch.ts';

/** What buckets add up to. */
export interface UsageSum {
  requests: number;
  successes: number;
  inputTokens: number;
  outputTokens: number;
  costNanoUsd: number;
  estimatedNanoUsd: number;
  durationMs: number;
  faults: Record<string, number>;
  pricing: Record<string, number>;
  latency: Bins;
}

const COUNTERS = [
  'requests',
  'successes',
  'inputTokens',
  'outputTokens',
  'costNanoUsd',
  'estimatedNanoUsd',
  'durationMs',
] as const satisfies (keyof UsageSum)[];

export function createUsageSum(): UsageSum {
  return {
    requests: 0,
    successes: 0,
    inputTokens: 0,
    outputTokens: 0,
    costNanoUsd: 0,
    estimatedNanoUsd: 0,
    durationMs: 0,
    faults: {},
    pricing: {},
    latency: {},
  };
}

/** Adds one bucket to a sum, in place. */
export function addBucket(sum: UsageSum, bucket: Pick<UsageBucketDocument, keyof UsageSum>): void {
  for (const counter of COUNTERS) sum[counter] += bucket[counter];
  for (const map of ['faults', 'pricing', 'latency'] as const) addByKey(sum[map], bucket[map]);
}

/**
 * A sum as the API shows it. Errors are the attempts that ended with a fault, those that were cut among them; one
 * that was aborted for no fault of the provider's (a cancelled job) is neither a success nor an error. The average
 * and the percentiles, within 2 %, are those of the successes.
 */
export function toUsageTotals(sum: UsageSum): UsageTotals {
  const errors = Object.values(sum.faults).reduce((total, count) => total + count, 0);
  return {
    ...toUsageSpend(sum),
    successCount: sum.successes,
    errorCount: errors,
    errorsByFault: sum.faults,
    avgResponseTimeMs: sum.successes === 0 ? null : sum.durationMs / sum.successes,
    p50Ms: toQuantile(sum.latency, 0.5),
    p95Ms: toQuantile(sum.latency, 0.95),
    p99Ms: toQuantile(sum.latency, 0.99),
  };
}

/** What it all cost, and how that is known. */
export function toUsageSpend(sum: UsageSum): UsageSpend {
  const kinds = Object.keys(sum.pricing).filter((kind) => sum.pricing[kind]) as Pricing[];
  const pricing = toCombinedPricing(kinds);
  return {
    requestCount: sum.requests,
    inputTokens: sum.inputTokens,
    outputTokens: sum.outputTokens,
    totalCostUsd: pricing === 'unpriced' ? null : toUsd(sum.costNanoUsd),
    pricing: sum.requests === 0 ? null : pricing,
    unpricedCount: sum.pricing['unpriced'] ?? 0,
    estimatedUsd: toUsd(sum.estimatedNanoUsd),
  };
}

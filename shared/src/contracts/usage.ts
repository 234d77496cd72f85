import * as z from 'zod/mini';
import { pricing } from './classification.ts';
import { isoTime, queryTime } from './primitives.ts';

const totals = {
  requestCount: z.int(),
  successCount: z.int(),
  errorCount: z.int(),
  errorsByFault: z.record(z.string(), z.int()),
  avgResponseTimeMs: z.nullable(z.number()),
  p50Ms: z.nullable(z.number()),
  p95Ms: z.nullable(z.number()),
  p99Ms: z.nullable(z.number()),
  inputTokens: z.int(),
  outputTokens: z.int(),
  totalCostUsd: z.nullable(z.number()),
  pricing: z.nullable(pricing),
  unpricedCount: z.int(),
  estimatedUsd: z.number(),
};

export const usageTotals = z.object(totals);
export type UsageTotals = z.infer<typeof usageTotals>;

/** Usage of one provider: totals over the range and a row per hour or day that had any. Percentiles are within 2 %. */
export const providerUsage = z.object({
  totals: usageTotals,
  series: z.array(z.object({ at: isoTime, ...totals })),
  budget: z.nullable(z.object({ limitUsd: z.number(), spentUsd: z.number(), reservedUsd: z.number() })),
});
export type ProviderUsage = z.infer<typeof providerUsage>;

export const usageQuery = z.strictObject({
  from: z.optional(queryTime),
  to: z.optional(queryTime),
  interval: z._default(z.enum(['hour', 'day']), 'hour'),
});
export type UsageQuery = z.infer<typeof usageQuery>;

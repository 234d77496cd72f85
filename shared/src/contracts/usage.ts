import * as z from 'zod/mini';
import { pricing } from './classification.ts';
import { boundedString, isoTime, queryTime } from './primitives.ts';
import { providerType } from './provider.ts';

const percentile = () =>
  z
    .nullable(z.number())
    .check(
      z.describe(
        'Of the successes, from a mergeable histogram (DDSketch): within 2 % of the true one for 1 ms to 600 s, over any ' +
          'range; what is beyond is held at these ends. Null where there was no success.',
      ),
    );

const spend = {
  requestCount: z.int(),
  inputTokens: z.int(),
  outputTokens: z.int(),
  totalCostUsd: z
    .nullable(z.number())
    .check(z.describe('The known part; null, never 0, where no part has a known price.')),
  pricing: z.nullable(pricing),
  unpricedCount: z.int().check(z.describe('Attempts of a model without a price.')),
  estimatedUsd: z.number().check(z.describe('The part of the cost that is an estimate.')),
};

const totals = {
  ...spend,
  successCount: z.int(),
  errorCount: z.int(),
  errorsByFault: z.record(z.string(), z.int()),
  avgResponseTimeMs: z.nullable(z.number()),
  p50Ms: percentile(),
  p95Ms: percentile(),
  p99Ms: percentile(),
};

export const usageTotals = z.object(totals);
export type UsageTotals = z.infer<typeof usageTotals>;

/** What calls cost that were made for no job. */
export const usageSpend = z.object(spend);
export type UsageSpend = z.infer<typeof usageSpend>;

const breakdown = {
  from: isoTime.check(z.describe('The start of the hour that `from` is in.')),
  to: isoTime,
  totals: usageTotals,
  series: z.array(z.object({ at: isoTime, ...totals })),
  byModel: z.array(z.object({ model: z.string(), ...totals })),
  byClient: z.array(z.object({ client: z.nullable(z.string()), ...totals })),
  other: z
    .object({ test: usageSpend, drill: usageSpend, check: usageSpend })
    .check(
      z.describe(
        'Provider tests, drills and deep checks: not in the totals, but in the bill and the budget.',
      ),
    ),
};

/**
 * Usage of one provider: totals over the range, a row per hour or day that had any, and the same by model and client. A
 * `client` of null is all those that the viewer may not see.
 */
export const providerUsage = z.object({
  ...breakdown,
  budget: z.nullable(z.object({ limitUsd: z.number(), spentUsd: z.number(), reservedUsd: z.number() })),
});
export type ProviderUsage = z.infer<typeof providerUsage>;

const usedProvider = z.object({ id: z.string(), name: z.string(), type: z.nullable(providerType) });

/** Usage of all providers, deleted ones too. */
export const fleetUsage = z.object({
  ...breakdown,
  byProvider: z.array(z.object({ provider: usedProvider, ...totals })),
});
export type FleetUsage = z.infer<typeof fleetUsage>;

export const usageQuery = z.strictObject({
  from: z.optional(queryTime),
  to: z.optional(queryTime),
  interval: z._default(z.enum(['hour', 'day']), 'hour'),
  model: z.optional(boundedString(1, 200)),
  client: z.optional(boundedString(1, 64)),
});
export type UsageQuery = z.infer<typeof usageQuery>;

export const fleetUsageQuery = z.extend(usageQuery, { provider: z.optional(boundedString(1, 64)) });
export type FleetUsageQuery = z.infer<typeof fleetUsageQuery>;

/** The columns of usage as CSV: a row per hour or day, provider, model, client and purpose. */
export const USAGE_CSV_COLUMNS = [
  'at',
  'providerId',
  'provider',
  'model',
  'client',
  'purpose',
  'requestCount',
  'successCount',
  'errorCount',
  'inputTokens',
  'outputTokens',
  'totalCostUsd',
  'pricing',
  'unpricedCount',
  'estimatedUsd',
  'avgResponseTimeMs',
  'p50Ms',
  'p95Ms',
  'p99Ms',
] as const;

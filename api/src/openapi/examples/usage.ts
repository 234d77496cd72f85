import { repriceInput, repriceResult } from '@understudy/shared/contracts/reprice';
import {
  fleetUsage,
  providerUsage,
  USAGE_CSV_COLUMNS,
  usageCsv,
  type UsageSpend,
  type UsageTotals,
} from '@understudy/shared/contracts/usage';
import { MAIN } from './classifications.ts';
import { answered, sent, toCsvExample } from './example.ts';

const HOUR = '2026-03-02T09:00:00.000Z';
const TOTALS: UsageTotals = {
  requestCount: 5_210,
  successCount: 5_189,
  errorCount: 21,
  errorsByFault: { rate_limited: 17, silent: 4 },
  avgResponseTimeMs: 604,
  p50Ms: 571,
  p95Ms: 1_120,
  p99Ms: 1_904,
  inputTokens: 614_780,
  outputTokens: 72_940,
  totalCostUsd: 0.299575,
  pricing: 'priced',
  unpricedCount: 0,
  estimatedUsd: 0,
};
const NOTHING: UsageSpend = {
  requestCount: 0,
  inputTokens: 0,
  outputTokens: 0,
  totalCostUsd: 0,
  pricing: null,
  unpricedCount: 0,
  estimatedUsd: 0,
};
const TEST: UsageSpend = {
  ...NOTHING,
  requestCount: 1,
  inputTokens: 96,
  outputTokens: 12,
  totalCostUsd: 0.000048,
  pricing: 'priced',
};
const BREAKDOWN = {
  from: '2026-03-01T09:00:00.000Z',
  to: '2026-03-02T09:30:00.000Z',
  totals: TOTALS,
  series: [{ at: HOUR, ...TOTALS }],
  byModel: [{ model: MAIN.model, ...TOTALS }],
  byClient: [{ client: 'shop', ...TOTALS }],
  other: { test: TEST, drill: NOTHING, check: NOTHING },
};
const { id, name, type } = MAIN;

const row = { at: HOUR, providerId: id, provider: name, model: MAIN.model, client: 'shop', purpose: 'job' };

export const usageExamples = [
  answered(providerUsage, {
    ...BREAKDOWN,
    budget: { limitUsd: 50, spentUsd: 12.4102, reservedUsd: 0.0021 },
  }),
  answered(fleetUsage, { ...BREAKDOWN, byProvider: [{ provider: { id, name, type }, ...TOTALS }] }),
  answered(usageCsv, toCsvExample(USAGE_CSV_COLUMNS, { ...TOTALS, ...row })),
  sent(repriceInput, { from: '2026-03-01T00:00:00.000Z', dryRun: true }),
  answered(repriceResult, {
    matched: 5_210,
    changed: 0,
    left: { tokensUnknown: 4, underWay: 0 },
    before: { costUsd: null, pricing: 'unpriced', unpricedCount: 5_206, estimatedUsd: 0 },
    after: { costUsd: 0.299575, pricing: 'priced', unpricedCount: 0, estimatedUsd: 0 },
    model: MAIN.model,
    priceVersion: 'override:0.25/2',
    dryRun: true,
    nextCursor: null,
  }),
];

import {
  dispatchConfig,
  dispatchConfigPart,
  versionedDispatchConfig,
} from '@understudy/shared/contracts/dispatch-config';
import { drillInput, drillResult } from '@understudy/shared/contracts/drill';
import { failover, type Failover } from '@understudy/shared/contracts/failover';
import {
  healthCheckAccepted,
  healthCheckInput,
  healthSummary,
  providerHealthDetail,
  type ProviderHealth,
} from '@understudy/shared/contracts/health';
import {
  provider,
  providerInput,
  providerOffers,
  providerTestResult,
} from '@understudy/shared/contracts/provider';
import { JOB, MAIN } from './classifications.ts';
import { answered, sent } from './example.ts';

const SPARE = {
  id: 'prv_01KB0X9Z8Y6X4W2V0T1S3R5Q7P',
  name: 'spare',
  type: 'anthropic',
  model: 'claude-haiku-4-5',
} as const;
const CONFIGURATION = {
  model: MAIN.model,
  timeoutMs: 10_000,
  maxConcurrency: 16,
  tokensPerMinute: null,
  weight: 1,
  monthlyBudgetUsd: 50,
  price: { inputUsdPerMillion: 0.25, outputUsdPerMillion: 2 },
  maxOutputTokens: 512,
  contextWindow: null,
};
const SETTINGS = { name: MAIN.name, enabled: true, priority: 50, rateLimit: 600, baseUrl: null };
const CONNECTIVITY = { window: '24h', attempts: 5_210, errors: 4, ratio: 0.00077, target: 0.01 } as const;

const FAILOVER: Failover = {
  id: 'fov_01KB0XH2J4K6M8N0P1Q3R5S7T9',
  at: '2026-03-02T09:30:02.514Z',
  jobId: JOB.id,
  from: MAIN,
  to: SPARE,
  fault: 'silent',
  switchMs: 2_500,
  hedge: true,
  drill: false,
};
const SLOT = { from: '2026-03-01T09:30:00.000Z', to: '2026-03-01T09:46:00.000Z', status: 'healthy' } as const;
const HEALTH: ProviderHealth = {
  provider: MAIN,
  status: 'healthy',
  circuit: 'closed',
  responseTimeMs: 212,
  errorRate: 0.004,
  slow: false,
  lastCheckedAt: '2026-03-02T09:29:48.200Z',
  errorMessage: null,
  uptime24h: 1,
  connectivity: CONNECTIVITY,
};
const [attempt] = JOB.attempts;
const silence = { outcome: 'aborted', fault: 'silent', message: 'No byte came.', status: null } as const;

const configurationExamples = [
  sent(providerInput, { ...SETTINGS, type: MAIN.type, apiKey: 'sk-your-key', configuration: CONFIGURATION }),
  answered(provider, {
    ...SETTINGS,
    id: MAIN.id,
    type: MAIN.type,
    hasApiKey: true,
    apiKeyLast4: 'x3Qz',
    configuration: CONFIGURATION,
    createdAt: '2026-02-11T08:00:00.000Z',
    updatedAt: '2026-03-01T16:20:00.000Z',
    status: { health: 'healthy', circuit: 'closed', cooldownUntil: null, flagged: null },
  }),
  answered(providerOffers, { data: [{ type: 'openai', name: 'openai', model: MAIN.model }] }),
  answered(providerTestResult, {
    ok: true,
    latencyMs: 488,
    models: [MAIN.model],
    sample: { label: 'complaint', confidence: 0.98 },
    fault: null,
    message: null,
    costUsd: 0.000048,
    pricing: 'priced',
  }),
  sent(dispatchConfigPart, { strategy: 'latency', breaker: { openMs: 60_000 } }),
  answered(versionedDispatchConfig, { ...dispatchConfig.parse({}), version: 1 }),
];

export const providerExamples = [
  ...configurationExamples,
  answered(healthSummary, {
    data: [{ ...HEALTH, slots: [SLOT] }],
    summary: { healthy: 1, degraded: 0, down: 0, unknown: 0 },
    availability: {
      window: '30d',
      accepted: 151_204,
      answered: 151_180,
      degraded: 12,
      ratio: 0.99984,
      ratioWithDegraded: 0.99992,
      target: 0.999,
    },
    connectivity: CONNECTIVITY,
  }),
  answered(providerHealthDetail, {
    ...HEALTH,
    history: [{ at: '2026-03-02T09:29:48.200Z', status: 'healthy', responseTimeMs: 212, errorMessage: null }],
    slots: [SLOT],
  }),
  sent(healthCheckInput, { providerIds: [MAIN.id], deep: false }),
  answered(healthCheckAccepted, {
    jobs: [{ providerId: MAIN.id, jobId: 'health-check-01KB0XJ1' }],
    results: [{ providerId: MAIN.id, status: 'healthy', responseTimeMs: 212, errorMessage: null }],
  }),
  sent(drillInput, { providerId: MAIN.name, fault: 'silent' }),
  answered(drillResult, {
    ok: true,
    switched: true,
    switchMs: 2_500,
    totalMs: 3_140,
    servedBy: SPARE,
    attempts: attempt
      ? [
          { ...attempt, ...silence },
          { ...attempt, number: 2, provider: SPARE, hedge: true },
        ]
      : [],
    verdict: { target: 5_000, met: true },
  }),
  answered(failover, FAILOVER),
];

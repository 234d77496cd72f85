import { labelStatsList, overview, providerStatsList } from '@understudy/shared/contracts/stats';
import { MAIN } from './classifications.ts';
import { answered } from './example.ts';

export const statsExamples = [
  answered(overview, {
    window: '24h',
    jobs: { queued: 3, processing: 2, deferred: 0, succeeded: 5_180, failed: 4, cancelled: 1 },
    submittedPerMinute: 3.6,
    finishedPerMinute: 3.6,
    queueWait: { p50Ms: 12, p95Ms: 48 },
    answer: { p50Ms: 640, p95Ms: 1_310 },
    availability: {
      window: '24h',
      accepted: 5_185,
      answered: 5_180,
      degraded: 0,
      ratio: 0.99904,
      ratioWithDegraded: 0.99904,
      target: 0.999,
    },
    connectivity: { window: '24h', attempts: 5_210, errors: 4, ratio: 0.00077, target: 0.01 },
    spend: { costUsd: 0.2996, pricing: 'priced' },
    queue: { waiting: 3, active: 2, deferred: 0, oldestWaitingMs: 41 },
    workers: [
      {
        id: 'worker-1:4711:9f2c1b',
        startedAt: '2026-03-01T06:00:00.000Z',
        lastSeenAt: '2026-03-02T09:30:00.000Z',
        active: 2,
        concurrency: 32,
      },
    ],
  }),
  answered(providerStatsList, {
    window: '24h',
    data: [
      {
        provider: MAIN,
        deleted: false,
        attempts: 5_210,
        answered: 5_180,
        degraded: 0,
        share: 1,
        successRatio: 0.99597,
        errorsByFault: { rate_limited: 17, silent: 4 },
        p50Ms: 571,
        p95Ms: 1_120,
        costUsd: 0.299575,
        pricing: 'priced',
        unpricedCount: 0,
        estimatedUsd: 0,
        costPerThousandUsd: 0.05783,
        avgConfidence: 0.93,
        corrected: 41,
        agreed: 38,
      },
    ],
  }),
  answered(labelStatsList, {
    window: '24h',
    answered: 5_180,
    data: [
      { label: 'billing', count: 3_108, share: 0.6, avgConfidence: 0.95, corrected: 25, agreed: 24 },
      { label: 'bug', count: 2_072, share: 0.4, avgConfidence: 0.9, corrected: 16, agreed: 14 },
    ],
    others: 0,
  }),
];

import { bulkAction, bulkResult } from '@understudy/shared/contracts/bulk-action';
import {
  classification,
  classificationInput,
  classificationRow,
  correctionInput,
  type Classification,
} from '@understudy/shared/contracts/classification';
import { answered, sent } from './example.ts';

export const MAIN = {
  id: 'prv_01KB0X3T5Q8W2E4R6T8Y0V1A2C',
  name: 'main',
  type: 'openai',
  model: 'gpt-5-mini',
} as const;

const { text, labels, attempts, ...fields } = {
  id: 'job_01KB0X7G4M2N6P8Q0R3S5T7V9W',
  state: 'succeeded',
  client: 'default',
  text: 'My card was charged twice',
  labels: ['billing', { name: 'bug', description: 'Something in the product does not work' }],
  classifier: null,
  multiLabel: false,
  threshold: null,
  instructions: null,
  explain: false,
  priority: 5,
  providers: null,
  allowDegraded: true,
  metadata: { ticket: '42' },
  webhookUrl: null,
  createdAt: '2026-03-02T09:30:00.000Z',
  startedAt: '2026-03-02T09:30:00.012Z',
  finishedAt: '2026-03-02T09:30:00.640Z',
  deadlineAt: '2026-03-03T09:30:00.000Z',
  result: { label: 'billing', labels: [{ name: 'billing', confidence: 0.97 }], rationale: null },
  correction: null,
  degraded: false,
  provider: MAIN,
  usage: { inputTokens: 118, outputTokens: 14, costUsd: 0.0000575, pricing: 'priced' },
  deferred: null,
  passedOver: [],
  error: null,
  batchId: null,
  erasedAt: null,
  attempts: [
    {
      number: 1,
      provider: MAIN,
      outcome: 'succeeded',
      fault: null,
      message: null,
      status: 200,
      requestId: 'req_8f2c1b7a',
      hedge: false,
      startedAt: '2026-03-02T09:30:00.014Z',
      durationMs: 622,
      inputTokens: 118,
      outputTokens: 14,
      costUsd: 0.0000575,
      pricing: 'priced',
      priceVersion: 'catalogue-2026-02',
    },
  ],
} satisfies Classification;

export const JOB: Classification = { ...fields, text, labels, attempts };

export const classificationExamples = [
  sent(classificationInput, {
    text,
    labels,
    priority: 5,
    metadata: { ticket: '42' },
  }),
  answered(classification, JOB),
  answered(classificationRow, { ...fields, attemptCount: attempts.length }),
  sent(correctionInput, { labels: ['bug'] }),
  sent(bulkAction, {
    action: 'retry',
    filter: { state: 'failed', errorCode: 'deadline_exceeded', 'metadata.ticket': '42' },
    dryRun: true,
  }),
  answered(bulkResult, { matched: 12, changed: 0, nextCursor: null }),
];

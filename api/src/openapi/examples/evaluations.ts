import {
  evaluation,
  evaluationAccepted,
  evaluationInput,
  evaluationResult,
  evaluationRow,
} from '@understudy/shared/contracts/evaluation';
import { JOB, MAIN } from './classifications.ts';
import { answered, sent } from './example.ts';

const ID = 'evl_01KB0XV8W0X2Y5Z7A9B1C3D4E6';
const FIELDS = {
  id: ID,
  client: 'default',
  classifier: { name: 'support', version: 3 },
  multiLabel: false,
  state: 'finished',
  createdAt: '2026-03-02T09:30:00.000Z',
  finishedAt: '2026-03-02T09:30:04.120Z',
  samples: 3,
  done: 3,
  total: 3,
} as const;
const SCORE = {
  provider: MAIN,
  done: 3,
  answered: 3,
  correct: 2,
  accuracy: 2 / 3,
  macroF1: 2 / 3,
  costUsd: 0.00017,
  pricing: 'priced',
  p50Ms: 622,
  p95Ms: 704,
} as const;

export const evaluationExamples = [
  sent(evaluationInput, {
    samples: [
      { text: 'My card was charged twice', label: 'billing' },
      { text: 'The button does nothing', label: 'bug' },
      { text: 'The invoice page crashes', label: 'bug' },
    ],
    providers: [MAIN.name],
  }),
  answered(evaluationAccepted, { id: ID, total: FIELDS.total }),
  answered(evaluation, {
    ...FIELDS,
    providers: [
      {
        ...SCORE,
        confusion: [
          { expected: 'billing', answered: 'billing', count: 1 },
          { expected: 'bug', answered: 'billing', count: 1 },
          { expected: 'bug', answered: 'bug', count: 1 },
        ],
      },
    ],
  }),
  answered(evaluationRow, { ...FIELDS, providers: [SCORE] }),
  answered(evaluationResult, {
    index: 0,
    provider: MAIN.name,
    expected: ['billing'],
    job: { ...JOB, classifier: FIELDS.classifier, batchId: ID },
  }),
];

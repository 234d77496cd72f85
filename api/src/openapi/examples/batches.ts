import {
  batch,
  batchAccepted,
  batchInput,
  batchInputLine,
  batchResult,
  type Batch,
} from '@understudy/shared/contracts/batch';
import {
  classifier,
  classifierInput,
  classifierUpdate,
  type ClassifierUpdate,
} from '@understudy/shared/contracts/classifier';
import { JOB } from './classifications.ts';
import { answered, sent } from './example.ts';

export const BATCH: Batch = {
  id: 'bat_01KB0XB2C4D6E8F0G1H3J5K7M9',
  client: 'default',
  createdAt: '2026-03-02T09:30:00.000Z',
  finishedAt: '2026-03-02T09:31:12.480Z',
  total: 2,
  counts: { queued: 0, processing: 0, deferred: 0, succeeded: 2, failed: 0, cancelled: 0 },
  progress: 1,
};

const definition = {
  labels: [
    { name: 'billing', description: 'Money: charges, refunds, invoices', examples: ['I was charged twice'] },
    { name: 'bug', description: 'Something in the product does not work' },
  ],
  instructions: 'Texts are from customers of an online shop.',
  multiLabel: false,
  threshold: null,
} satisfies ClassifierUpdate;

export const batchExamples = [
  sent(batchInput, {
    defaults: { labels: ['billing', 'bug'], priority: 7 },
    items: [
      { text: 'My card was charged twice', customId: 'mail-1' },
      { text: 'The button does nothing', customId: 'mail-2', metadata: { ticket: '43' } },
    ],
    atomic: false,
  }),
  sent(batchInputLine, { text: 'My card was charged twice', labels: ['billing', 'bug'], customId: 'mail-1' }),
  answered(batchAccepted, {
    id: BATCH.id,
    accepted: 1,
    rejected: [
      {
        index: 1,
        customId: 'mail-2',
        errors: [{ pointer: '/text', detail: 'is required', code: 'required' }],
      },
    ],
    jobs: [{ index: 0, customId: 'mail-1', id: JOB.id }],
  }),
  answered(batch, BATCH),
  answered(batchResult, { index: 0, customId: 'mail-1', job: { ...JOB, batchId: BATCH.id } }),
  sent(classifierInput, { name: 'support', ...definition }),
  sent(classifierUpdate, definition),
  answered(classifier, {
    id: 'clf_01KB0XF1G3H5J7K9M2N4P6Q8R0',
    name: 'support',
    version: 3,
    ...definition,
    createdAt: '2026-02-11T08:00:00.000Z',
    updatedAt: '2026-03-01T16:20:00.000Z',
  }),
];

import { createIndexes } from './create-indexes.ts';
import type { Migration } from './migration.ts';

/**
 * The list of evaluations of a classifier, and those whose end is to be written down. And for lists of jobs by what few of
 * them have, indexes that hold those few alone, so that the many cost nothing; a label is written once, with its answer.
 */
export const evaluations: Migration = {
  number: 13,
  name: 'evaluations',
  async up({ batches, jobs, attempts }) {
    await createIndexes(batches, [
      {
        key: { 'evaluation.classifier.name': 1, _id: -1 },
        name: 'evaluated',
        partialFilterExpression: { 'evaluation.classifier.name': { $exists: true } },
      },
      {
        key: { seenAt: 1 },
        name: 'unsummarised',
        partialFilterExpression: { 'evaluation.isSummarised': false },
      },
    ]);
    await createIndexes(jobs, [
      {
        key: { 'result.labels.name': 1, _id: -1 },
        name: 'label',
        partialFilterExpression: { 'result.labels.name': { $exists: true } },
      },
      {
        key: { 'error.code': 1, _id: -1 },
        name: 'error',
        partialFilterExpression: { 'error.code': { $exists: true } },
      },
      { key: { degraded: 1, _id: -1 }, name: 'degraded', partialFilterExpression: { degraded: true } },
      {
        key: { 'metadata.$**': 1 },
        name: 'metadata',
        partialFilterExpression: { metadata: { $gt: {} } },
      },
    ]);
    await createIndexes(attempts, [
      {
        key: { fault: 1, jobId: -1 },
        name: 'fault',
        partialFilterExpression: { fault: { $gt: '' } },
      },
    ]);
  },
};

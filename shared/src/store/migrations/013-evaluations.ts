import type { Migration } from './migration.ts';

/** The list of evaluations of a classifier, and those whose end is to be written down. */
export const evaluations: Migration = {
  number: 13,
  name: 'evaluations',
  async up({ batches }) {
    await batches.collection.createIndexes([
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
  },
};

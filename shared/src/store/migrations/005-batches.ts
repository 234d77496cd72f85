import type { Migration } from './migration.ts';

/** The indexes of batches, and the one that counts a batch's jobs by state without reading a job. */
export const batches: Migration = {
  number: 5,
  name: 'batches',
  async up({ batches, jobs }) {
    await batches.collection.createIndexes([
      { key: { client: 1, _id: -1 }, name: 'client' },
      { key: { state: 1, seenAt: 1 }, name: 'seen' },
      {
        key: { 'announce.at': 1 },
        name: 'announce',
        partialFilterExpression: { 'announce.at': { $exists: true } },
      },
    ]);
    await jobs.collection.createIndexes([
      {
        key: { batchId: 1, state: 1, finishedAt: 1 },
        name: 'batch',
        partialFilterExpression: { batchId: { $gt: '' } },
      },
    ]);
  },
};

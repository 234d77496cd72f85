import type { Migration } from './migration.ts';

/** Buckets of how many jobs come and end, and an index that alone is read to fill them. */
export const jobStats: Migration = {
  number: 7,
  name: 'job-stats',
  async up({ jobs, jobStatsBuckets }) {
    await jobs.collection.createIndexes([
      {
        // With all that is counted, so that no document is read; open jobs are not in it.
        key: { finishedAt: 1, state: 1, createdAt: 1, startedAt: 1 },
        name: 'ended',
        partialFilterExpression: { finishedAt: { $gt: new Date(0) } },
      },
    ]);
    await jobStatsBuckets.collection.createIndexes([
      { key: { width: 1, at: 1 }, name: 'width' },
      { key: { expiresAt: 1 }, name: 'retention', expireAfterSeconds: 0 },
    ]);
  },
};

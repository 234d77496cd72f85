import { ignoreMissing } from './ignore-missing.ts';
import type { Migration } from './migration.ts';

/** The index that alone is read to count ends, with what tells when a job was accepted or tried again last. */
export const jobOutcomes: Migration = {
  number: 9,
  name: 'job-outcomes',
  async up({ jobs }) {
    await jobs.collection.createIndexes([
      {
        key: { finishedAt: 1, state: 1, startedAt: 1, deadlineAt: 1, deadlineMs: 1 },
        name: 'outcomes',
        partialFilterExpression: { finishedAt: { $gt: new Date(0) } },
      },
    ]);
    await jobs.collection.dropIndex('ended').catch(ignoreMissing);
  },
};

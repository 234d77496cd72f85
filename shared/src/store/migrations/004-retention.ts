import { ignoreMissing } from './ignore-missing.ts';
import type { Migration } from './migration.ts';

const FINAL = { state: { $in: ['succeeded', 'failed', 'cancelled'] } };
const APART = { purpose: { $in: ['test', 'drill', 'health'] } };

/** What retention finds its work by: indexes that hold only what may expire, in the order in which it does. */
export const retention: Migration = {
  number: 4,
  name: 'retention',
  async up({ jobs, attempts, healthChecks }) {
    await jobs.collection.createIndexes([
      { key: { finishedAt: 1 }, name: 'finished', partialFilterExpression: FINAL },
      {
        key: { finishedAt: 1 },
        name: 'texts',
        partialFilterExpression: { ...FINAL, text: { $type: 'string' } },
      },
    ]);
    // Attempts of jobs go with their jobs.
    await attempts.collection.createIndexes([
      { key: { settledAt: 1 }, name: 'apart', partialFilterExpression: APART },
    ]);
    // For how long checks are kept is a setting now, which an index that expires them by itself cannot know.
    await healthChecks.collection.dropIndex('retention').catch(ignoreMissing);
    await healthChecks.collection.createIndexes([{ key: { at: 1 }, name: 'at' }]);
  },
};

import { createIndexes } from './create-indexes.ts';
import type { Migration } from './migration.ts';

/** The jobs that are in the queue for long, by since when. The others have no `inQueueSince`, and so cost it nothing. */
export const longQueued: Migration = {
  number: 15,
  name: 'long-queued',
  async up({ jobs }) {
    await createIndexes(jobs, [
      {
        key: { inQueueSince: 1 },
        name: 'in_queue',
        partialFilterExpression: { state: 'queued', waiting: false, inQueueSince: { $exists: true } },
      },
    ]);
  },
};

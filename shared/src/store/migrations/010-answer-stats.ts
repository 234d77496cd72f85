import { PROGRESS_ID } from '../answer-stats/model.ts';
import type { Migration } from './migration.ts';

const BEGIN_MS = 30 * 86_400_000;

/** Buckets of what was answered, what they do not have yet, and the progress of their roll-up, which begins with the longest window that is shown. */
export const answerStats: Migration = {
  number: 10,
  name: 'answer-stats',
  async up({ answerBuckets, answerChanges }) {
    await answerBuckets.collection.createIndexes([
      { key: { width: 1, at: 1, providerId: 1 }, name: 'width' },
      { key: { expiresAt: 1 }, name: 'retention', expireAfterSeconds: 0 },
    ]);
    await answerChanges.collection.createIndexes([{ key: { finishedAt: 1 }, name: 'finished' }]);
    await answerBuckets.updateOne(
      { _id: PROGRESS_ID },
      { $setOnInsert: { width: 'progress', at: new Date(Date.now() - BEGIN_MS) } },
      { upsert: true },
    );
  },
};

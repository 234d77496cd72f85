import { ignoreMissing } from './ignore-missing.ts';
import type { Migration } from './migration.ts';

const joinNames = {
  $reduce: {
    input: '$providers',
    initialValue: '',
    in: { $concat: ['$$value', { $cond: [{ $eq: ['$$value', ''] }, '', ','] }, '$$this'] },
  },
};
const anybody = { $cond: ['$allowDegraded', 'any-or-local', 'any'] };

/** The lines that jobs wait in, and indexes that hold only who waits, who is in the window and who sleeps. */
export const waitingJobs: Migration = {
  number: 3,
  name: 'waiting-jobs',
  async up({ jobs, laneHolds }) {
    // Whoever is in no queue is found as lost, and waits from then on.
    await jobs.collection.updateMany({ route: { $exists: false } }, [
      {
        $set: {
          waiting: false,
          route: {
            $cond: [{ $isArray: '$providers' }, { $concat: ['only:', { $toLower: joinNames }] }, anybody],
          },
        },
      },
    ]);
    await jobs.collection.createIndexes([
      {
        key: { priority: 1, client: 1, route: 1, createdAt: 1, _id: 1 },
        name: 'waiting',
        partialFilterExpression: { state: { $in: ['queued', 'deferred'] }, waiting: true },
      },
      {
        key: { enqueuedEpoch: 1, enqueuedAt: 1 },
        name: 'window',
        partialFilterExpression: { state: 'queued', waiting: false },
      },
      {
        key: { 'deferred.nextTryAt': 1 },
        name: 'sleeping',
        partialFilterExpression: { state: 'deferred', waiting: false },
      },
    ]);
    await laneHolds.collection.createIndexes([
      { key: { until: 1 }, name: 'until', expireAfterSeconds: 86_400 },
    ]);
    for (const name of ['enqueued', 'due']) await jobs.collection.dropIndex(name).catch(ignoreMissing);
  },
};

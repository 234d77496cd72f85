import type { Migration } from './migration.ts';

/** Indexes of the alerts of operators: those that last, those still to be told, and those to be forgotten. */
export const alerts: Migration = {
  number: 14,
  name: 'alerts',
  async up({ alerts: { collection } }) {
    await collection.createIndexes([
      { key: { condition: 1 }, name: 'lasting', partialFilterExpression: { endedAt: null } },
      { key: { untold: 1, _id: 1 }, name: 'untold', partialFilterExpression: { untold: true } },
      { key: { expiresAt: 1 }, name: 'expires', expireAfterSeconds: 0 },
    ]);
  },
};

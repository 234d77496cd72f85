import type { Migration } from './migration.ts';

/** The failover log's indexes: all in the order of the list, `at` for ranges of time and retention. */
export const failovers: Migration = {
  number: 2,
  name: 'failovers',
  async up(store) {
    await store.failovers.collection.createIndexes([
      { key: { client: 1, _id: -1 }, name: 'client' },
      { key: { jobId: 1, _id: -1 }, name: 'job' },
      { key: { 'from.id': 1, _id: -1 }, name: 'from' },
      { key: { 'to.id': 1, _id: -1 }, name: 'to' },
      { key: { 'from.name': 1, _id: -1 }, name: 'fromName' },
      { key: { 'to.name': 1, _id: -1 }, name: 'toName' },
      { key: { at: 1 }, name: 'at' },
    ]);
  },
};

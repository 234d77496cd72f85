import { createIndexes } from './create-indexes.ts';
import type { Migration } from './migration.ts';

/** The drills among the failovers, in the order of the list: every viewer's list has them, whoever's jobs it is of. */
export const drills: Migration = {
  number: 16,
  name: 'drills',
  async up({ failovers }) {
    await createIndexes(failovers, [
      { key: { drill: 1, _id: -1 }, name: 'drills', partialFilterExpression: { drill: true } },
    ]);
  },
};

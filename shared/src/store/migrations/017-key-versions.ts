import { createIndexes } from './create-indexes.ts';
import type { Migration } from './migration.ts';

/** What is marked under which version of the master key, newest first: the first entry says until when it is needed. */
export const keyVersions: Migration = {
  number: 17,
  name: 'key-versions',
  async up({ idempotencyKeys, batches }) {
    const index = {
      key: { keyVersion: 1, createdAt: -1 },
      name: 'key_version',
      partialFilterExpression: { keyVersion: { $gt: 0 } },
    } as const;
    await createIndexes(idempotencyKeys, [index]);
    await createIndexes(batches, [index]);
  },
};

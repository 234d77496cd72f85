import { createIndexes } from './create-indexes.ts';
import type { Migration } from './migration.ts';

/** Rows that are few among many: usage beside real traffic, deliveries in one state, failovers by one fault. */
export const rareRows: Migration = {
  number: 18,
  name: 'rare-rows',
  async up({ usageBuckets, deliveries, failovers }) {
    await createIndexes(usageBuckets, [
      {
        key: { providerId: 1, at: 1 },
        name: 'provider_other',
        partialFilterExpression: { purpose: { $in: ['test', 'drill', 'health'] } },
      },
    ]);
    await createIndexes(deliveries, [{ key: { webhookId: 1, state: 1, _id: -1 }, name: 'webhook_state' }]);
    await createIndexes(failovers, [{ key: { fault: 1, _id: -1 }, name: 'fault' }]);
  },
};

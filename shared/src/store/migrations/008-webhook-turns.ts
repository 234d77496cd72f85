import type { Migration } from './migration.ts';

/** Indexes by which each client has its own turn at the queue of deliveries. */
export const webhookTurns: Migration = {
  number: 8,
  name: 'webhook-turns',
  async up({ deliveries }) {
    await deliveries.collection.createIndexes([
      {
        key: { client: 1, target: 1, nextTryAt: 1 },
        name: 'due_of_client',
        partialFilterExpression: { state: 'pending' },
      },
      {
        key: { client: 1, heldUntil: 1 },
        name: 'held_of_client',
        partialFilterExpression: { heldUntil: { $exists: true } },
      },
    ]);
  },
};

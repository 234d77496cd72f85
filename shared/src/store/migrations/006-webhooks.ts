import { ensureClient } from '../clients/clients.ts';
import type { Migration } from './migration.ts';

const pending = { partialFilterExpression: { state: 'pending' } };

/** Clients of the tokens that there are; indexes of endpoints and deliveries, those of the queue for what is pending. */
export const webhooks: Migration = {
  number: 6,
  name: 'webhooks',
  async up(store) {
    await store.clients.collection.createIndexes([{ key: { name: 1 }, name: 'name', unique: true }]);
    await store.webhooks.collection.createIndexes([
      { key: { client: 1, _id: -1 }, name: 'client' },
      { key: { events: 1 }, name: 'events' },
    ]);
    await store.deliveries.collection.createIndexes([
      { key: { eventId: 1, target: 1 }, name: 'event', unique: true },
      { key: { webhookId: 1, _id: -1 }, name: 'webhook' },
      { key: { jobId: 1 }, name: 'job' },
      { key: { target: 1, nextTryAt: 1 }, name: 'due', ...pending },
      { key: { roundAt: 1 }, name: 'round', ...pending },
      {
        key: { target: 1, heldUntil: 1 },
        name: 'held',
        partialFilterExpression: { heldUntil: { $exists: true } },
      },
      { key: { expiresAt: 1 }, name: 'expiry', expireAfterSeconds: 0 },
    ]);
    await store.targets.collection.createIndexes([
      { key: { updatedAt: 1 }, name: 'expiry', expireAfterSeconds: 30 * 86_400 },
    ]);
    for (const name of await store.tokens.distinct('client')) await ensureClient(store, name, null);
  },
};

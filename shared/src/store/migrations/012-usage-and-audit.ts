import { createIndexes } from './create-indexes.ts';
import { ignoreMissing } from './ignore-missing.ts';
import type { Migration } from './migration.ts';

/**
 * The audit log by each of its filters, newest first; usage of the whole fleet by time; and a provider's attempts in an
 * order that has no ties, so that they can be gone through step by step.
 */
export const usageAndAudit: Migration = {
  number: 12,
  name: 'usage-and-audit',
  async up({ attempts, audit, usageBuckets }) {
    await createIndexes(audit, [
      { key: { 'target.kind': 1, _id: -1 }, name: 'kind' },
      { key: { 'target.id': 1, _id: -1 }, name: 'target' },
      { key: { action: 1, _id: -1 }, name: 'action' },
      { key: { 'actor.tokenId': 1, _id: -1 }, name: 'actor' },
      { key: { 'actor.name': 1, _id: -1 }, name: 'actor_name' },
    ]);
    await audit.collection.dropIndex('at').catch(ignoreMissing);
    await createIndexes(usageBuckets, [{ key: { at: 1 }, name: 'at' }]);
    await createIndexes(attempts, [
      { key: { 'provider.id': 1, settledAt: 1, _id: 1 }, name: 'provider_settled' },
    ]);
    await attempts.collection.dropIndex('provider').catch(ignoreMissing);
  },
};

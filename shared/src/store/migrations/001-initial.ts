import { createId } from '../../ids.ts';
import type { Store } from '../connect.ts';
import type { Migration } from './migration.ts';

const OPEN_STATES = ['queued', 'deferred', 'processing'];

/** Every collection's indexes, the versions document, and the one provider that a fresh installation has. */
export const initial: Migration = {
  number: 1,
  name: 'initial',
  async up(store) {
    await createIndexes(store);
    await store.versions.updateOne(
      { _id: 'versions' },
      { $setOnInsert: { providers: 1, config: 1, tokens: 1, classifiers: 1 } },
      { upsert: true },
    );
    await addLocalProvider(store);
  },
};

async function createIndexes(store: Store) {
  const day = 86_400;
  await store.jobs.collection.createIndexes([
    { key: { client: 1, _id: -1 }, name: 'client' },
    { key: { state: 1, _id: -1 }, name: 'state' },
    { key: { createdAt: 1 }, name: 'created' },
    // Upkeep reads only what is open, so its cost does not grow with what is finished.
    whileState('processing', { state: 1, 'claim.leaseUntil': 1 }, 'lapsed'),
    whileState('queued', { state: 1, enqueuedEpoch: 1, enqueuedAt: 1 }, 'enqueued'),
    whileState('deferred', { state: 1, 'deferred.nextTryAt': 1 }, 'due'),
    {
      key: { state: 1, deadlineAt: 1 },
      name: 'deadline',
      partialFilterExpression: { state: { $in: OPEN_STATES } },
    },
    {
      key: { 'announce.at': 1 },
      name: 'announce',
      partialFilterExpression: { 'announce.at': { $exists: true } },
    },
  ]);
  await store.attempts.collection.createIndexes([
    { key: { jobId: 1, number: 1 }, name: 'job', unique: true },
    { key: { 'provider.id': 1, settledAt: 1 }, name: 'provider' },
    { key: { limitAt: 1 }, name: 'pending', partialFilterExpression: { outcome: 'pending' } },
    { key: { settledAt: 1 }, name: 'uncounted', partialFilterExpression: { counted: false } },
  ]);
  await store.idempotencyKeys.collection.createIndexes([{ key: { jobId: 1 }, name: 'job' }]);
  await store.classifiers.collection.createIndexes([{ key: { name: 1 }, name: 'name', unique: true }]);
  await store.classifierVersions.collection.createIndexes([
    { key: { classifierId: 1, version: -1 }, name: 'classifier', unique: true },
  ]);
  await store.providers.collection.createIndexes([
    {
      key: { nameKey: 1 },
      name: 'name',
      unique: true,
      partialFilterExpression: { nameKey: { $type: 'string' } },
    },
  ]);
  await store.healthChecks.collection.createIndexes([
    // With the status, so that uptime and slots are counted from the index alone.
    { key: { providerId: 1, at: -1, status: 1 }, name: 'provider' },
    { key: { at: 1 }, name: 'retention', expireAfterSeconds: 30 * day },
  ]);
  await store.usageBuckets.collection.createIndexes([{ key: { providerId: 1, at: 1 }, name: 'provider' }]);
  await store.tokens.collection.createIndexes([{ key: { hash: 1 }, name: 'hash', unique: true }]);
  await store.sessions.collection.createIndexes([expiring, { key: { tokenId: 1 }, name: 'token' }]);
  await store.loginLinks.collection.createIndexes([expiring]);
  await store.interactive.collection.createIndexes([expiring]);
  await store.audit.collection.createIndexes([{ key: { at: -1 }, name: 'at' }]);
}

const expiring = { key: { expiresAt: 1 as const }, name: 'expiry', expireAfterSeconds: 0 };

function whileState(state: string, key: Record<string, 1 | -1>, name: string) {
  return { key, name, partialFilterExpression: { state } };
}

async function addLocalProvider(store: Store) {
  if (await store.providers.exists({})) return;
  const now = new Date();
  await store.providers.create({
    _id: createId('prv'),
    name: 'local',
    nameKey: 'local',
    type: 'local',
    apiKey: null,
    apiKeyLast4: null,
    baseUrl: null,
    enabled: true,
    priority: 100,
    rateLimit: null,
    configuration: { timeoutMs: 10_000, maxConcurrency: 16 },
    flagged: null,
    revision: 1,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  });
}

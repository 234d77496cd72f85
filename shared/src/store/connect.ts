import mongoose from 'mongoose';
import { safeParseMongodbAddress } from '../net/mongodb-address.ts';
import { timeOperation, type OnOperation } from '../runtime/store-latency.ts';
import { defineAnswerChanges } from './answer-stats/change-model.ts';
import { defineAnswerBuckets } from './answer-stats/model.ts';
import { defineAlertConditions, defineAlerts } from './alerts/model.ts';
import { defineAttempts } from './attempts/model.ts';
import { defineAudit } from './audit/model.ts';
import { defineAvailabilityBuckets } from './availability/model.ts';
import { defineBatches, defineStagedJobs } from './batches/model.ts';
import { defineClients } from './clients/model.ts';
import { defineClassifiers, defineClassifierVersions } from './classifiers/model.ts';
import { defineFailovers } from './failovers/model.ts';
import { defineHealthChecks, defineProviderHealth } from './health/model.ts';
import { defineIdempotencyKeys } from './idempotency-keys/model.ts';
import { defineInteractive } from './interactive/model.ts';
import { defineJobStatsBuckets } from './job-stats/model.ts';
import { defineJobs } from './jobs/model.ts';
import { defineKeyHolders } from './key-holders/model.ts';
import { defineLaneHolds } from './lane-holds/model.ts';
import { defineLeases } from './leases/model.ts';
import { defineLoginLinks } from './login-links/model.ts';
import { defineMigrations } from './migrations/model.ts';
import { createLedgerClock } from './ledger-clock.ts';
import { createOutage } from './outage.ts';
import { createPrimary } from './primary.ts';
import { defineProviders } from './providers/model.ts';
import { defineSessions } from './sessions/model.ts';
import { defineSettings } from './settings/model.ts';
import { defineTokens } from './tokens/model.ts';
import { defineUsageDays } from './usage/day-model.ts';
import { defineUsageBuckets } from './usage/model.ts';
import { defineVersions } from './versions/model.ts';
import { defineDeliveries } from './webhooks/delivery-model.ts';
import { defineWebhooks } from './webhooks/model.ts';
import { defineTargets } from './webhooks/target-model.ts';

/** After this long without a confirmation, the ledger counts as away. */
export const STORE_TIMEOUT_MS = 3_000;

interface StoreOptions {
  mongodbUri: string;
  /** Told of the operations that are timed. */
  onOperation?: OnOperation;
}

/** The ledger: a connection of its own and its collections. */
export type Store = Awaited<ReturnType<typeof connectStore>>;

/**
 * Connects to MongoDB. Calls fail within 3 s while it is away and work again when it is back. A server that
 * freezes in mid call is noticed after up to three time-outs (call, retry, reconnect: about 9 s), so whoever
 * owes somebody an answer bounds the wait itself.
 * @throws when it cannot be reached now.
 */
export async function connectStore({ mongodbUri, onOperation = () => {} }: StoreOptions) {
  const connection = mongoose.createConnection(mongodbUri, {
    ...(safeParseMongodbAddress(mongodbUri)?.pathname.slice(1) ? {} : { dbName: 'understudy' }),
    bufferCommands: false,
    serverSelectionTimeoutMS: STORE_TIMEOUT_MS,
    socketTimeoutMS: STORE_TIMEOUT_MS,
    heartbeatFrequencyMS: 1_000,
    connectTimeoutMS: STORE_TIMEOUT_MS,
    maxPoolSize: 50,
    writeConcern: { w: 'majority' },
    // Whatever the address prefers: what was just written is read back.
    readPreference: 'primary',
  });
  // Without a client the driver has refused the address, and this tells why.
  if (!connection.getClient()) await connection.asPromise();
  const primary = createPrimary(connection);
  const clock = createLedgerClock(connection);
  const models = {
    jobs: defineJobs(connection),
    attempts: defineAttempts(connection),
    batches: defineBatches(connection),
    stagedJobs: defineStagedJobs(connection),
    failovers: defineFailovers(connection),
    idempotencyKeys: defineIdempotencyKeys(connection),
    classifiers: defineClassifiers(connection),
    classifierVersions: defineClassifierVersions(connection),
    providers: defineProviders(connection),
    providerHealth: defineProviderHealth(connection),
    healthChecks: defineHealthChecks(connection),
    usageBuckets: defineUsageBuckets(connection),
    usageDays: defineUsageDays(connection),
    jobStatsBuckets: defineJobStatsBuckets(connection),
    answerBuckets: defineAnswerBuckets(connection),
    answerChanges: defineAnswerChanges(connection),
    availabilityBuckets: defineAvailabilityBuckets(connection),
    clients: defineClients(connection),
    webhooks: defineWebhooks(connection),
    deliveries: defineDeliveries(connection),
    targets: defineTargets(connection),
    tokens: defineTokens(connection),
    sessions: defineSessions(connection),
    loginLinks: defineLoginLinks(connection),
    versions: defineVersions(connection),
    settings: defineSettings(connection),
    audit: defineAudit(connection),
    interactive: defineInteractive(connection),
    keyHolders: defineKeyHolders(connection),
    laneHolds: defineLaneHolds(connection),
    leases: defineLeases(connection),
    alerts: defineAlerts(connection),
    alertConditions: defineAlertConditions(connection),
    migrations: defineMigrations(connection),
  };
  try {
    await connection.asPromise();
  } catch (error) {
    await connection.destroy();
    throw error;
  }
  return {
    ...models,
    connection,
    outage: createOutage(connection),
    onOperation,
    primary,
    clock,
    /** Resolves when the ledger answers. @throws within 3 s otherwise. */
    ping: timeOperation('ping', async () => void (await connection.db?.command({ ping: 1 })), onOperation),
    close: () => connection.close(),
  };
}

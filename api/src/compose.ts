import { setTimeout as delay } from 'node:timers/promises';
import { createAddressGuard } from '@understudy/shared/net/address-guard';
import { createUntrustedLookup } from '@understudy/shared/net/untrusted-lookup';
import { createProducer } from '@understudy/shared/jobs/producer';
import { createWindow } from '@understudy/shared/jobs/window';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import { createPendingWork } from '@understudy/shared/runtime/pending-work';
import { openStores } from '@understudy/shared/runtime/open-stores';
import { createProcessId } from '@understudy/shared/runtime/process-id';
import { REDIS_PREFIX, untilReady } from '@understudy/shared/runtime/redis';
import { createKeyPresence } from '@understudy/shared/secrets/key-presence';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import type { Store } from '@understudy/shared/store/connect';
import { createLedger } from '@understudy/shared/store/ledger';
import { runMigrations } from '@understudy/shared/store/migrations/run-migrations';
import { ensureBootstrapToken } from '@understudy/shared/store/tokens/ensure-bootstrap-token';
import { createApp } from './app.ts';
import type { ApiConfig } from './config.ts';
import type { Context } from './context.ts';
import { createCaches } from './caches/create-caches.ts';
import { createEpochKeeper } from './caches/epoch.ts';
import { createEvents } from './events/create-events.ts';
import { createHttpServer } from './http-server.ts';
import { createDocuments } from './documents.ts';
import { createLimits } from './limits/create-limits.ts';
import { createContextMetrics } from './metrics/create-context-metrics.ts';
import { createUploadRoom } from './services/batches/upload-room.ts';
import { warnOfUnusableKeys } from './services/providers/offers.ts';
import { createUnconfirmed } from './services/classifications/unconfirmed.ts';

/** A service that has not stopped by then never will. */
const STOP_MS = 3_500;
const REDIS_READY_MS = 2_000;

interface Overrides {
  logger: Logger;
  tracing?: Tracing | null;
  /** In place of the ledger's. */
  clock?: Clock;
  /** Start of every Redis key; tests have one each. */
  prefix?: string;
  /** Folder of the built console. */
  consoleFolder?: string;
  /** How long a server that stops still answers. */
  lingerMs?: number | undefined;
}

/**
 * Builds the API process: stores, caches, services, HTTP. Nothing listens until `start`.
 * @throws when the ledger cannot be reached; Redis may be away.
 */
export async function compose(config: ApiConfig, overrides: Overrides) {
  const { logger, tracing = null, prefix = REDIS_PREFIX, lingerMs } = overrides;
  const { latency, store, redis } = await openStores({ config, logger });
  const { clock = store.clock } = overrides;
  const producer = createProducer({ redis, prefix, tracing, logger });
  const events = createEvents({ store, redis, redisUrl: config.REDIS_URL, prefix, clock, logger });
  const caches = createCaches({ store, clock, logger });
  const epoch = createEpochKeeper({ redis, prefix, logger });
  const unconfirmed = createUnconfirmed({ store, catalogue: caches.context.catalogue, clock, logger });
  const background = createPendingWork();
  const { keyRing, keyPresence } = createKeys(config, store, logger);
  const { UNDERSTUDY_PRIVATE_HOSTS: privateHosts } = config;
  let stopped: Promise<void> | null = null;

  const context: Context = {
    config,
    store,
    ledger: createLedger(store),
    redis,
    prefix,
    producer,
    window: createWindow(redis, prefix),
    keyRing,
    guard: createAddressGuard({ privateHosts, lookup: createUntrustedLookup({ privateHosts }) }),
    logger,
    tracing,
    clock,
    ...caches.context,
    epoch,
    ...events.context,
    unconfirmed,
    background,
    uploadRoom: createUploadRoom(),
    ...createLimits({ redis, prefix, clock, logger }),
    metrics: createContextMetrics({ store, redis, latency, clock, ...caches.context, ...events.context }),
    ...createDocuments(config),
    isAccepting: () => stopped === null,
  };
  const app = createApp(context, overrides.consoleFolder);
  const server = createHttpServer({ app, host: config.HOST, port: config.PORT, lingerMs });
  const services: Service[] = [...caches.services, epoch, ...events.services, unconfirmed, keyPresence];

  const close = () => (stopped ??= stop());
  /** Readiness off, intake stopped, what runs drained, then the stores closed. */
  async function stop() {
    await events.release();
    await server.stop();
    // A store that is frozen must not hold up the end of the process.
    await Promise.race([
      Promise.all([background.flush(), ...services.map((service) => service.stop())]),
      delay(STOP_MS, null, { ref: false }),
    ]);
    await producer.close();
    redis.disconnect();
    await store.close();
  }

  /** @throws when the migrations fail or the address is taken; everything is closed again then. */
  async function start(): Promise<{ host: string; port: number }> {
    try {
      warnOfUnusableKeys(context);
      await runMigrations(store);
      const { UNDERSTUDY_BOOTSTRAP_TOKEN: token } = config;
      if (token) await ensureBootstrapToken(store, token);
      await caches.context.watcher.refresh();
      // The first jobs go straight into the queue only if its epoch is known by then.
      await untilReady(redis, REDIS_READY_MS).catch(() => logger.warn('starting without Redis'));
      await epoch.refresh();
      await Promise.all(services.map((service) => service.start()));
      return { host: config.HOST, ...(await server.start()) };
    } catch (error) {
      await close();
      throw error;
    }
  }

  return { services, context, start, close };
}

function createKeys({ UNDERSTUDY_MASTER_KEYS }: ApiConfig, store: Store, logger: Logger) {
  const keyRing = createKeyRing(UNDERSTUDY_MASTER_KEYS);
  const processId = createProcessId();
  return { keyRing, keyPresence: createKeyPresence({ store, role: 'api', processId, keyRing, logger }) };
}

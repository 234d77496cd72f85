import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createProducer } from '@understudy/shared/jobs/producer';
import { createWindow } from '@understudy/shared/jobs/window';
import { systemClock, type Clock } from '@understudy/shared/runtime/clock';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { createProbeServer, readStores } from '@understudy/shared/runtime/probe-server';
import { connectRedis, REDIS_PREFIX, untilReady } from '@understudy/shared/runtime/redis';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { connectStore, type Store } from '@understudy/shared/store/connect';
import { logOutages } from '@understudy/shared/store/log-outages';
import type { WorkerConfig } from './config.ts';
import { createEngine } from './create-engine.ts';
import { createFeeder } from './feeder/feeder.ts';
import { createHandlers } from './handlers/create-handlers.ts';
import type { CreateAdapter } from './llm/adapter.ts';
import { createAdapter as createRegisteredAdapter } from './llm/registry.ts';
import { createQueueWorkers } from './queue-workers.ts';
import { createUsageCounter } from './usage-counter.ts';

export interface WorkerOverrides {
  logger: Logger;
  clock?: Clock;
  /** Start of every Redis key; tests have one each. */
  prefix?: string;
  /** What every adapter calls through. */
  fetch?: typeof globalThis.fetch;
  createAdapter?: CreateAdapter;
}

export interface WorkerProcess {
  /** To be started in this order. */
  services: Service[];
  /** Drains, stops everything and lets go of the stores. Safe to call twice. */
  close(): Promise<void>;
}

const REDIS_WAIT_MS = 3_000;
/** How long running jobs may go on when the process stops; then they are given back. */
const DRAIN_JOBS_MS = 8_000;
/** A queue worker that lost Redis may never close, and a round that waits for a store that is away need not end. */
const STOP_INTAKE_MS = 10_000;
/** Nor is a store that is frozen waited for by what is left to be told and counted: upkeep does it. */
const STOP_REST_MS = 3_500;
const UNHELD = { ref: false };

/**
 * Builds the worker process; nothing runs until its services are started. Redis may be away.
 * @throws when MongoDB cannot be reached.
 */
export async function compose(config: WorkerConfig, overrides: WorkerOverrides): Promise<WorkerProcess> {
  const { logger, clock = systemClock, prefix = REDIS_PREFIX } = overrides;
  const { fetch = globalThis.fetch, createAdapter = createRegisteredAdapter } = overrides;
  const store = await connectStore({ mongodbUri: config.MONGODB_URI });
  logOutages(store, logger);
  const redis = connectRedis({ url: config.REDIS_URL, mode: 'fail-fast', logger });
  const queueRedis = connectRedis({ url: config.REDIS_URL, mode: 'blocking', logger });
  await untilReady(redis, REDIS_WAIT_MS).catch(() => logger.warn('starting without Redis'));
  const producer = createProducer({ redis, prefix, logger });
  const usage = createUsageCounter({ store, logger });
  const common = {
    store,
    redis,
    prefix,
    producer,
    usage,
    keyRing: createKeyRing(config.UNDERSTUDY_MASTER_KEYS),
    createAdapter,
    adapterDeps: { fetch },
    workerId: `${hostname()}:${process.pid}:${randomBytes(3).toString('hex')}`,
    concurrency: config.WORKER_CONCURRENCY,
    clock,
    random: Math.random,
    logger,
  };
  const engine = createEngine(common);
  const feeder = createFeeder({ ...common, ...engine, window: createWindow(redis, prefix) });
  const workers = createQueueWorkers({
    redis: queueRedis,
    prefix,
    store,
    handlers: createHandlers({ ...common, ...engine, onDispatched: feeder.noteDone }),
    concurrency: { classify: common.concurrency, interactive: 8, 'health-check': 8, upkeep: 5 },
    logger,
  });
  const probes = createProbes(config, store, redis);

  /** Readiness off, intake stopped, jobs drained or given back, what they left told and counted, stores closed. */
  async function stop() {
    await Promise.all(probes.map((server) => server.stop()));
    const giveBack = setTimeout(engine.claims.endAll, DRAIN_JOBS_MS);
    await Promise.race([Promise.all([feeder.stop(), workers.stop()]), delay(STOP_INTAKE_MS, null, UNHELD)]);
    clearTimeout(giveBack);
    await Promise.race([stopRest(), delay(STOP_REST_MS, null, UNHELD)]);
    await producer.close();
    redis.disconnect();
    queueRedis.disconnect();
    await store.close();
  }

  async function stopRest() {
    const { claims, failovers, relay, state, pool, admission } = engine;
    await claims.stop();
    await failovers.stop();
    await relay.flush();
    await usage.stop();
    await state.stop();
    await pool.close();
    await admission.stop();
    admission.dispose();
  }

  let stopped: Promise<void> | null = null;
  return {
    services: [...probes, engine.state, engine.admission, engine.claims, usage, feeder, workers],
    close: () => (stopped ??= stop()),
  };
}

/** One where a port is configured for it. */
function createProbes(
  { HOST: host, METRICS_PORT: port }: WorkerConfig,
  store: Store,
  redis: Redis,
): Service[] {
  if (port === undefined) return [];
  const stores = () => readStores({ mongodb: store.ping, redis: () => redis.ping() });
  return [createProbeServer({ host, port, stores })];
}

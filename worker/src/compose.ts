import { createGuardedFetch } from '@understudy/shared/net/guarded-fetch';
import { createProducer } from '@understudy/shared/jobs/producer';
import { createWindow } from '@understudy/shared/jobs/window';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import { openStores } from '@understudy/shared/runtime/open-stores';
import { createProbes } from '@understudy/shared/runtime/create-probes';
import { createProcessId } from '@understudy/shared/runtime/process-id';
import { toPublicUrl } from '@understudy/shared/runtime/public-url';
import { connectRedis, REDIS_PREFIX, untilReady } from '@understudy/shared/runtime/redis';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import type { WorkerConfig } from './config.ts';
import { createEngine } from './create-engine.ts';
import { createFeeder } from './feeder/feeder.ts';
import { createHandlers } from './handlers/create-handlers.ts';
import type { CreateAdapter } from './llm/adapter.ts';
import { createAdapter as createRegisteredAdapter } from './llm/registry.ts';
import { createQueueWorkers } from './queue-workers.ts';
import { stopWorker } from './stop-worker.ts';
import { createOutgoingAgents } from './net/outgoing-agents.ts';
import { addWorkerMetrics } from './metrics/worker-metrics.ts';
import { createUsageCounter } from './usage-counter.ts';
import { createAnnouncer } from './webhooks/announcer.ts';

export interface WorkerOverrides {
  logger: Logger;
  tracing?: Tracing | null;
  /** In place of the ledger's. */
  clock?: Clock;
  /** Start of every Redis key; tests have one each. */
  prefix?: string;
  /** What every adapter calls through, in place of what goes past the guard. */
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
/** Of the other queues; deliveries wait for their receivers and do nothing else. */
const CONCURRENCY = { interactive: 8, 'health-check': 8, upkeep: 5, webhook: 64 };

/**
 * Builds the worker process; nothing runs until its services are started. Redis may be away.
 * @throws when MongoDB cannot be reached.
 */
export async function compose(config: WorkerConfig, overrides: WorkerOverrides): Promise<WorkerProcess> {
  const { logger, tracing = null, prefix = REDIS_PREFIX } = overrides;
  const agents = createOutgoingAgents({ privateHosts: config.UNDERSTUDY_PRIVATE_HOSTS });
  const { fetch = createGuardedFetch(agents.providers), createAdapter = createRegisteredAdapter } = overrides;
  const { latency, store, redis } = await openStores({ config, logger });
  const { clock = store.clock } = overrides;
  const queueRedis = connectRedis({ url: config.REDIS_URL, mode: 'blocking', logger });
  await untilReady(redis, REDIS_WAIT_MS).catch(() => logger.warn('starting without Redis'));
  const producer = createProducer({ redis, prefix, tracing, logger });
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
    workerId: createProcessId(),
    concurrency: config.WORKER_CONCURRENCY,
    clock,
    random: Math.random,
    tracing,
    logger,
  };
  const engine = createEngine(common);
  const feeder = createFeeder({ ...common, ...engine, window: createWindow(redis, prefix) });
  const webhooks = {
    announcer: createAnnouncer({ store, clock, onDue: engine.deliveryLanes.feed }),
    dispatcher: agents.webhooks,
    publicUrl: toPublicUrl(config, config.PORT),
  };
  const workers = createQueueWorkers({
    ...common,
    redis: queueRedis,
    handlers: createHandlers({ ...common, ...engine, ...webhooks, onDispatched: feeder.noteDone }),
    concurrency: { classify: common.concurrency, ...CONCURRENCY },
  });
  const probes = createProbes({
    role: 'worker',
    config,
    store,
    redis,
    latency,
    addMetrics: (registry) => addWorkerMetrics(registry, { ...common, ...engine }),
  });

  const stop = () =>
    stopWorker({ probes, engine, feeder, workers, usage, agents, producer, redis, queueRedis, store });
  let stopped: Promise<void> | null = null;
  return {
    services: [
      engine.state,
      engine.keyPresence,
      engine.admission,
      engine.claims,
      engine.cancelListener,
      engine.batches,
      engine.unbegun,
      usage,
      feeder,
      workers,
      // Last: who is ready has begun to work.
      ...probes,
    ],
    close: () => (stopped ??= stop()),
  };
}

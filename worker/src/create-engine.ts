import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import { createCancelListener } from '@understudy/shared/jobs/cancel-hints';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import { createKeyPresence } from '@understudy/shared/secrets/key-presence';
import type { KeyRing } from '@understudy/shared/secrets/key-ring';
import type { Store } from '@understudy/shared/store/connect';
import { createLedger } from '@understudy/shared/store/ledger';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { toFailover } from '@understudy/shared/store/failovers/to-failover';
import { flagProvider } from '@understudy/shared/store/providers/flag-provider';
import { readSpent } from '@understudy/shared/store/usage/read-spent';
import type { Producer } from '@understudy/shared/jobs/producer';
import { createVersionWatcher } from '@understudy/shared/store/versions/watch-versions';
import { createBatchProgress } from './relay/batch-progress.ts';
import { createClaimKeeper } from './claims.ts';
import { createProviderPool } from './providers/create-provider-pool.ts';
import { createDispatchSettings } from './dispatch-settings.ts';
import { createDispatch } from './dispatch/dispatch.ts';
import { createFleetAdmission } from './dispatch/fleet/fleet-admission.ts';
import { createFailoverRecorder } from './dispatch/record-failover.ts';
import { createAttemptRecorder } from './dispatch/record.ts';
import type { UsageSink } from './dispatch/usage-sink.ts';
import { createUnbegun } from './dispatch/unbegun.ts';
import { createRecentLatencies } from './dispatch/recent-latencies.ts';
import { createOrder } from './dispatch/strategies.ts';
import { createExecuteJob } from './execute-job.ts';
import { createLabelSets } from './label-sets.ts';
import type { AdapterDeps, CreateAdapter } from './llm/adapter.ts';
import { createWorkMetrics, type WorkMetrics } from './metrics/work-metrics.ts';
import type { PooledProvider } from './providers/provider-pool.ts';
import { createPresentState } from './present-state.ts';
import { createRelay, type Relay } from './relay/relay.ts';
import { createDeliveryLanes } from './webhooks/delivery-lanes.ts';

interface EngineOptions {
  store: Store;
  /** A `fail-fast` connection: what cannot be told at once is told by upkeep, or not at all. */
  redis: Redis;
  prefix: string;
  producer: Pick<Producer, 'addDeliveries'>;
  keyRing: KeyRing;
  createAdapter: CreateAdapter;
  adapterDeps: AdapterDeps;
  usage: UsageSink;
  workerId: string;
  /** How many jobs this process works on at once. */
  concurrency: number;
  clock: Clock;
  /** 0 to 1. */
  random: () => number;
  /** Stands in for Redis's clock; only tests have one. */
  redisNowMs?: () => number;
  tracing?: Tracing | null;
  logger: Logger;
}

export type Engine = ReturnType<typeof createEngine>;

/** Everything that takes a claimed job to its answer, over connections that are the caller's. */
export function createEngine(options: EngineOptions) {
  const { store, clock, random, tracing = null, logger, workerId } = options;
  const claims = createClaimKeeper({ store, clock, logger });
  const present = createPresent({ ...options, active: () => claims.size });
  const workMetrics = createWorkMetrics(() => present.pool.list().map(({ reference }) => reference.name));
  const records = createRecords({ ...options, workMetrics });
  const { settings, pool, admission, state } = present;
  const { ledger, recorder, failovers, latencies, relay } = records;
  const labelSets = createLabelSets(store);
  const cancelListener = createCancelListener({ ...options, onCancelled: claims.look });
  const order = createOrder({ strategy: () => settings.current().strategy, latencies, random });
  const dispatch = createDispatch({
    pool,
    admission,
    recorder,
    failovers,
    latencies,
    settings: settings.current,
    order,
    clock,
    random,
    tracing,
    logger,
    flag: (pooled, reason, message) => void flag(options, pooled, reason, message),
  });
  const executeJob = createExecuteJob({
    store,
    ledger,
    claims,
    labelSets,
    dispatch: workMetrics.measure(dispatch),
    relay,
    workMetrics,
    settings: settings.current,
    refresh: state.refresh,
    workerId,
    clock,
    tracing,
    logger,
  });
  return { ...present, ...records, order, labelSets, claims, cancelListener, executeJob, workMetrics };
}

/** What is known of providers and settings, and who of them may be called. */
function createPresent(options: EngineOptions & { active: () => number }) {
  const { store, keyRing, workerId, logger } = options;
  const settings = createDispatchSettings(store);
  const admission = createFleetAdmission({
    ...options,
    settings: settings.current,
    readMonth: async (providerId, month, calls) => {
      const { spent, correction, pending, settled } = await readSpent(store, providerId, month, calls);
      const toCall = ({ _id: call, reservedNanoUsd, limitAt }: (typeof pending)[number]) => ({
        call,
        boundNanoUsd: reservedNanoUsd ?? 0,
        limitAt,
      });
      return { spentNanoUsd: spent, correction, pending: pending.map(toCall), settled };
    },
  });
  const pool = createProviderPool({
    ...options,
    onReload(providers) {
      admission.sync(providers);
      void keyPresence.tell();
    },
  });
  const { locked } = pool;
  const keyPresence = createKeyPresence({
    store,
    role: 'worker',
    processId: workerId,
    keyRing,
    locked,
    logger,
  });
  const reload = { providers: pool.reload, config: settings.reload };
  const watcher = createVersionWatcher({ store, logger, reload });
  const state = createPresentState({ store, watcher, logger });
  return { settings, admission, pool, state, keyPresence };
}

/** Where what happens is written, told and learned from. */
function createRecords(options: EngineOptions & { workMetrics: WorkMetrics }) {
  const { store, usage, workMetrics, clock, logger } = options;
  const ledger = createLedger(store);
  const latencies = createRecentLatencies(clock);
  const counted: UsageSink = {
    add(attempt) {
      latencies.add(attempt);
      workMetrics.noteAttempt(attempt);
      usage.add(attempt);
    },
  };
  const unbegun = createUnbegun({ ledger, usage: counted, clock, logger });
  const recorder = createAttemptRecorder({ ledger, usage: counted, unbegun, clock, logger });
  const deliveryLanes = createDeliveryLanes(options);
  const told = createRelay({ ...options, onDue: deliveryLanes.feed });
  const batches = createBatchProgress({ ...options, relay: told });
  const relay: Relay = {
    ...told,
    emit(news) {
      told.emit(news);
      batches.note(news.batchId);
    },
    async repeat(stale) {
      await told.repeat(stale);
      for (const { batchId } of stale) batches.note(batchId);
    },
  };
  const tell = (failover: FailoverDocument) =>
    relay.tell({ type: 'failover', client: failover.client, ...toFailover(failover) });
  const failovers = createFailoverRecorder({
    ledger,
    tell,
    onRecord: workMetrics.noteFailover,
    clock,
    logger,
  });
  return { ledger, recorder, unbegun, failovers, latencies, deliveryLanes, relay, batches };
}

async function flag(
  { store, logger }: EngineOptions,
  { provider }: PooledProvider,
  reason: ProviderFlag,
  message: string,
) {
  const { name } = provider;
  try {
    if (await flagProvider(store, provider, { reason, message })) {
      logger.warn({ provider: name, reason }, 'a provider is flagged');
    }
  } catch (err) {
    logger.warn({ err, provider: name }, 'a provider could not be flagged');
  }
}

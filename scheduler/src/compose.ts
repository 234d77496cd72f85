import { createProducer } from '@understudy/shared/jobs/producer';
import { systemClock, type Clock } from '@understudy/shared/runtime/clock';
import { createPeriodicService, type Service } from '@understudy/shared/runtime/lifecycle';
import type { Logger } from '@understudy/shared/runtime/logger';
import { openStores } from '@understudy/shared/runtime/open-stores';
import { createProbes } from '@understudy/shared/runtime/create-probes';
import { REDIS_PREFIX, SCHEDULER_CONNECTION, untilReady } from '@understudy/shared/runtime/redis';
import { createVersionWatcher } from '@understudy/shared/store/versions/watch-versions';
import type { SchedulerConfig } from './config.ts';
import { createMemory, reconcile } from './reconcile.ts';

/** A Redis that was wiped has its schedules back within 5 s, the run itself included. */
const REASSERT_EVERY_MS = 4_000;
const REDIS_WAIT_MS = 3_000;

export interface SchedulerOverrides {
  prefix?: string;
  clock?: Clock;
  /** Between two rounds in which every schedule is asserted again, changed or not. */
  reassertEveryMs?: number;
}

export interface Scheduler {
  services: Service[];
  /** Stops the services in reverse, then lets go of the stores. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Builds the scheduler; nothing runs until its services are started. Redis may be away, and is waited for.
 * @throws when MongoDB cannot be reached.
 */
export async function compose(
  config: SchedulerConfig,
  {
    logger,
    prefix = REDIS_PREFIX,
    clock = systemClock,
    reassertEveryMs = REASSERT_EVERY_MS,
  }: SchedulerOverrides & { logger: Logger },
): Promise<Scheduler> {
  const { latency, store, redis } = await openStores({ config, logger, name: SCHEDULER_CONNECTION });
  await untilReady(redis, REDIS_WAIT_MS).catch(() => logger.warn('starting without Redis'));
  const producer = createProducer({ redis, prefix, logger });
  const memory = createMemory();
  const runOnce = async () => {
    // A producer that never had a connection waits for one for ever.
    if (redis.status !== 'ready') throw new Error('Redis is away');
    await reconcile({ store, producer, clock, memory });
  };

  const services: Service[] = [
    createVersionWatcher({ store, logger, reload: { providers: runOnce, config: runOnce } }),
    createPeriodicService({ name: 'reconcile', intervalMs: reassertEveryMs, runOnce, logger }),
  ];
  services.push(...createProbes({ role: 'scheduler', config, store, redis, latency }));

  async function stop() {
    for (const service of services.toReversed()) await service.stop();
    redis.disconnect();
    await producer.close();
    await store.close();
  }
  let stopped: Promise<void> | null = null;
  return { services, close: () => (stopped ??= stop()) };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { Producer } from '@understudy/shared/jobs/producer';
import type { Service } from '@understudy/shared/runtime/lifecycle';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { Store } from '@understudy/shared/store/connect';
import type { Engine } from './create-engine.ts';
import type { OutgoingAgents } from './net/outgoing-agents.ts';

interface WorkerParts {
  probes: readonly Service[];
  engine: Engine;
  feeder: Service;
  workers: Service;
  usage: Service;
  agents: OutgoingAgents;
  producer: Pick<Producer, 'close'>;
  redis: Redis;
  queueRedis: Redis;
  store: Store;
}

/** How long running jobs may go on when the process stops; then they are given back. */
const DRAIN_JOBS_MS = 8_000;
/** A queue worker that lost Redis may never close, and a round that waits for a store that is away need not end. */
const STOP_INTAKE_MS = 10_000;
/** Nor is a store that is frozen waited for by what is left to be told and counted: upkeep does it. */
const STOP_REST_MS = 3_500;
const UNHELD = { ref: false };

/** Readiness off, intake stopped, jobs drained or given back, what they left told and counted, stores closed. */
export async function stopWorker(parts: WorkerParts): Promise<void> {
  const { probes, engine, feeder, workers, producer, redis, queueRedis, store } = parts;
  await Promise.all(probes.map((server) => server.stop()));
  const giveBack = setTimeout(engine.claims.endAll, DRAIN_JOBS_MS);
  await Promise.race([Promise.all([feeder.stop(), workers.stop()]), delay(STOP_INTAKE_MS, null, UNHELD)]);
  clearTimeout(giveBack);
  await Promise.race([stopRest(parts), delay(STOP_REST_MS, null, UNHELD)]);
  await producer.close();
  redis.disconnect();
  queueRedis.disconnect();
  await store.close();
}

async function stopRest({ engine, usage, agents }: WorkerParts): Promise<void> {
  const {
    claims,
    cancelListener,
    failovers,
    batches,
    unbegun,
    relay,
    deliveryLanes,
    state,
    keyPresence,
    pool,
    admission,
  } = engine;
  await cancelListener.stop();
  await claims.stop();
  await failovers.stop();
  await batches.stop();
  await unbegun.stop();
  await relay.flush();
  await deliveryLanes.flush();
  await usage.stop();
  await state.stop();
  await keyPresence.stop();
  await pool.close();
  await agents.destroy();
  await admission.stop();
  admission.dispose();
}

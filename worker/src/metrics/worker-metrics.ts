import type { Registry } from 'prom-client';
import { circuitState } from '@understudy/shared/contracts/provider';
import { readCircuits } from '@understudy/shared/fleet/circuits';
import { addReadMetric } from '@understudy/shared/runtime/read-metric';
import type { Redis } from '@understudy/shared/runtime/redis';
import type { ClaimKeeper } from '../claims.ts';
import type { ProviderPool } from '../providers/provider-pool.ts';
import type { WorkMetrics } from './work-metrics.ts';

interface WorkerSources {
  workMetrics: Pick<WorkMetrics, 'metrics'>;
  claims: Pick<ClaimKeeper, 'size'>;
  concurrency: number;
  pool: Pick<ProviderPool, 'list'>;
  redis: Redis;
  prefix: string;
}

/** Adds what a worker has to tell: what it did, how busy it is, and how the fleet's circuits stand. */
export function addWorkerMetrics(registry: Registry, sources: WorkerSources): void {
  const { workMetrics, claims, concurrency } = sources;
  for (const metric of workMetrics.metrics) registry.registerMetric(metric);
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_worker_active_jobs',
    help: 'Jobs that this process holds.',
    read: () => [{ value: claims.size }],
  });
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_worker_concurrency_jobs',
    help: 'Jobs that this process holds at most.',
    read: () => [{ value: concurrency }],
  });
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_provider_circuit_state',
    help: 'The fleet’s circuit of each provider: 1 for the state that it is in, 0 for the others.',
    labelNames: ['provider', 'state'],
    read: () => readCircuitStates(sources),
  });
}

async function readCircuitStates({ pool, redis, prefix }: WorkerSources) {
  const references = pool.list().map(({ reference }) => reference);
  const ids = references.map(({ id }) => id);
  const { circuits } = await readCircuits(redis, prefix, ids);
  return references.flatMap(({ id, name }) =>
    circuitState.options.map((state) => ({
      labels: { provider: name, state },
      value: circuits.get(id)?.circuit === state ? 1 : 0,
    })),
  );
}

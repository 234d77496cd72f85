import type { Redis } from 'ioredis';
import { circuitState } from '@understudy/shared/contracts/provider';
import { readCircuits } from '@understudy/shared/runtime/circuits';
import { addReadGauge, type createMetricsRegistry } from '@understudy/shared/runtime/metrics-registry';
import type { ClaimKeeper } from './claims.ts';
import type { ProviderPool } from './provider-pool.ts';

/** What a worker has to tell: how busy it is, and how the fleet's circuits stand. */
export function addWorkerMetrics(
  registry: ReturnType<typeof createMetricsRegistry>,
  deps: {
    claims: Pick<ClaimKeeper, 'size'>;
    concurrency: number;
    pool: Pick<ProviderPool, 'list'>;
    redis: Redis;
    prefix: string;
  },
): void {
  const { claims, concurrency, pool, redis, prefix } = deps;
  addReadGauge(registry, {
    name: 'understudy_worker_active_jobs',
    help: 'Jobs that this process holds.',
    read: async () => [{ value: claims.size }],
  });
  addReadGauge(registry, {
    name: 'understudy_worker_concurrency_jobs',
    help: 'Jobs that this process holds at most.',
    read: async () => [{ value: concurrency }],
  });
  addReadGauge(registry, {
    name: 'understudy_provider_circuit_state',
    help: 'The fleet’s circuit of each provider: 1 for the state that it is in, 0 for the others.',
    labelNames: ['provider', 'state'],
    async read() {
      const references = pool.list().map(({ reference }) => reference);
      const { circuits } = await readCircuits(
        redis,
        prefix,
        references.map(({ id }) => id),
      );
      return references.flatMap(({ id, name }) =>
        circuitState.options.map((state) => ({
          labels: { provider: name, state },
          value: circuits.get(id)?.circuit === state ? 1 : 0,
        })),
      );
    },
  });
}

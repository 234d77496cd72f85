import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from '../version.ts';
import type { ReachedStores } from './readiness.ts';
import { addReadMetric } from './read-metric.ts';
import type { StoreLatency } from './store-latency.ts';

export interface MetricsRegistryOptions {
  role: 'api' | 'worker' | 'scheduler';
  stores: () => Promise<ReachedStores>;
  latency: StoreLatency;
}

/**
 * The metrics of one process graph: those of Node itself (event loop lag, memory, CPU), the build, and how the stores
 * answer. Names keep their meaning; those of ours begin with `understudy_` and end with their unit. Whoever scrapes while
 * somebody else does gets the same reading.
 */
export function createMetricsRegistry({ role, stores, latency }: MetricsRegistryOptions): Registry {
  const registry = new SharedRegistry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'understudy_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'role', 'node'],
    registers: [registry],
  }).set({ version: VERSION, role, node: process.version }, 1);
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_store_up',
    help: 'Whether a store answers this process: 1 or 0.',
    labelNames: ['store'],
    async read() {
      const answers = Object.entries(await stores());
      return answers.map(([store, state]) => ({ labels: { store }, value: state === 'up' ? 1 : 0 }));
    },
  });
  for (const metric of latency.metrics) registry.registerMetric(metric);
  return registry;
}

class SharedRegistry extends Registry {
  #reading: Promise<string> | null = null;

  override metrics(): Promise<string> {
    return (this.#reading ??= super.metrics().finally(() => (this.#reading = null)));
  }
}

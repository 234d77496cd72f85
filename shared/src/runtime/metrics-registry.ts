import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { VERSION } from '../version.ts';
import { inTime } from './in-time.ts';
import type { readStores } from './probe-server.ts';

/** Whoever scrapes has a limit of its own; what is later is left out. */
const READ_MS = 1_000;

/**
 * The metrics of one process graph: those of Node itself (event loop lag, memory, CPU), the build, and which stores
 * answer. Names keep their meaning; those of ours begin with `understudy_` and end with their unit.
 */
export function createMetricsRegistry(options: {
  role: 'api' | 'worker' | 'scheduler';
  stores: () => ReturnType<typeof readStores>;
}): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const build = { version: VERSION, role: options.role, node: process.version };
  new Gauge({
    name: 'understudy_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'role', 'node'],
    registers: [registry],
  }).set(build, 1);
  addReadGauge(registry, {
    name: 'understudy_store_up',
    help: 'Whether a store answers this process.',
    labelNames: ['store'],
    async read() {
      const stores = Object.entries(await options.stores());
      return stores.map(([store, state]) => ({ labels: { store }, value: state === 'up' ? 1 : 0 }));
    },
  });
  return registry;
}

interface Reading {
  labels?: Record<string, string>;
  value: number;
}

/** Adds a gauge that is read at each scrape. It has no value where the reading fails or takes over a second. */
export function addReadGauge(
  registry: Registry,
  options: { name: string; help: string; labelNames?: string[]; read: () => Promise<readonly Reading[]> },
): void {
  const { name, help, labelNames = [], read } = options;
  const gauge = new Gauge({
    name,
    help,
    labelNames,
    registers: [],
    async collect() {
      const readings = await inTime(read(), READ_MS, () => new Error('too late')).catch(() => []);
      this.reset();
      // A gauge without labels would say 0.
      if (readings.length === 0 && labelNames.length === 0) this.remove();
      for (const { labels = {}, value } of readings) this.set(labels, value);
    },
  });
  registry.registerMetric(gauge);
}

import type { Registry } from 'prom-client';
import { coversScope } from '../contracts/scope.ts';
import { toBearer } from '../net/to-bearer.ts';
import type { Store } from '../store/connect.ts';
import { findToken } from '../store/tokens/find-token.ts';
import type { Service } from './lifecycle.ts';
import { isMetricsToken } from './metrics-token.ts';
import { createMetricsRegistry } from './metrics-registry.ts';
import { createProbeServer } from './probe-server.ts';
import { readStores } from './readiness.ts';
import type { StoreLatency } from './store-latency.ts';

interface ProbesOptions {
  role: 'worker' | 'scheduler';
  config: { HOST: string; METRICS_PORT?: number | undefined; METRICS_TOKEN?: string | undefined };
  store: Store;
  redis: { ping(): Promise<unknown> };
  latency: StoreLatency;
  /** Adds what this process has to tell beside what every process has. */
  addMetrics?: (registry: Registry) => void;
}

/** The probe server of a process without HTTP of its own; none where no port is configured for it. */
export function createProbes(options: ProbesOptions): Service[] {
  const { role, config, store, redis, latency, addMetrics } = options;
  const { HOST: host, METRICS_PORT: port, METRICS_TOKEN } = config;
  if (port === undefined) return [];
  const stores = () => readStores({ mongodb: store.ping, redis: () => redis.ping() });
  const metrics = createMetricsRegistry({ role, stores, latency });
  addMetrics?.(metrics);
  /** METRICS_TOKEN, or a token that may read providers. */
  async function mayScrape(authorization: string | undefined): Promise<boolean> {
    if (isMetricsToken(METRICS_TOKEN, authorization)) return true;
    const value = toBearer(authorization);
    const token = value === null ? null : await findToken(store, value);
    return token !== null && coversScope(token.scopes, 'providers:read');
  }
  return [createProbeServer({ host, port, stores, metrics, mayScrape })];
}

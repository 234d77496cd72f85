import { createMetricsRegistry } from '@understudy/shared/runtime/metrics-registry';
import { addReadMetric } from '@understudy/shared/runtime/read-metric';
import type { NextFunction, Request, Response } from 'express';
import { Histogram, type Registry } from 'prom-client';
import type { Catalogue } from '../caches/catalogue.ts';
import { toReplyEnd } from '../http/reply-end.ts';
import { toRouteLabel } from '../http/route-label.ts';
import { addJobMetrics, type JobReadings } from './job-metrics.ts';
import { addProviderMetrics } from './provider-metrics.ts';
import type { ProviderFacts } from './read-provider-facts.ts';

export interface Metrics {
  registry: Registry;
  /** Counts every request with the time until its reply was out. */
  observe: (req: Request, res: Response, next: NextFunction) => void;
}

interface MetricsOptions extends Pick<Parameters<typeof createMetricsRegistry>[0], 'stores' | 'latency'> {
  jobs: JobReadings;
  readProviders: () => Promise<readonly ProviderFacts[]>;
  settings: Catalogue['config'];
}

/** Up to the longest wait that a caller may ask for. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/**
 * The metrics of one API process: its requests, and what the ledger says of jobs and providers, which is the same in
 * every one of them. What is read for them is shared by all who ask, and costs the same however many jobs have ended.
 */
export function createMetrics({ stores, latency, ...read }: MetricsOptions): Metrics {
  const registry = createMetricsRegistry({ role: 'api', stores, latency });
  addJobMetrics(registry, read.jobs);
  addProviderMetrics(registry, read.readProviders);
  addSettingMetrics(registry, read.settings);
  const duration = new Histogram({
    name: 'understudy_http_request_duration_seconds',
    help:
      'From a request’s arrival to the end of its reply; by the pattern of its path. `status` is `aborted` where the ' +
      'caller did not get all of the reply.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  return {
    registry,
    observe(req, res, next) {
      const method = METHODS.has(req.method) ? req.method : 'other';
      const stop = duration.startTimer({ method });
      res.once('close', () =>
        stop({ route: toRouteLabel(req), status: String(toReplyEnd(res).status ?? 'aborted') }),
      );
      next();
    },
  };
}

function addSettingMetrics(registry: Registry, settings: Catalogue['config']): void {
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_dispatch_paused',
    help: 'Whether an operator has paused the dispatch of jobs: 1 or 0.',
    read: () => [{ value: settings().paused ? 1 : 0 }],
  });
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_health_check_interval_seconds',
    help: 'How often every provider is to be checked.',
    read: () => [{ value: settings().healthCheck.intervalMs / 1_000 }],
  });
}

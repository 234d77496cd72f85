import { createMetricsRegistry, addReadGauge } from '@understudy/shared/runtime/metrics-registry';
import type { NextFunction, Request, Response } from 'express';
import { Histogram, type Registry } from 'prom-client';
import type { OverviewReader } from './copies/overview.ts';
import { toRouteLabel } from './http/route-label.ts';

export interface Metrics {
  registry: Registry;
  /** Counts every request with the time until its reply was out. */
  observe: (req: Request, res: Response, next: NextFunction) => void;
}

/** Up to the longest wait that a caller may ask for. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const OPEN_STATES = ['queued', 'processing', 'deferred'] as const;
const FINAL_STATES = ['succeeded', 'failed', 'cancelled'] as const;

/** The metrics of one API process. What is said of jobs is the overview's reading, which many who ask share. */
export function createMetrics(options: {
  overview: OverviewReader;
  stores: Parameters<typeof createMetricsRegistry>[0]['stores'];
}): Metrics {
  const registry = createMetricsRegistry({ role: 'api', stores: options.stores });
  addJobMetrics(registry, options.overview);
  const duration = new Histogram({
    name: 'understudy_http_request_duration_seconds',
    help: 'From a request’s arrival to the end of its reply; by the pattern of its path.',
    labelNames: ['method', 'route', 'status'],
    buckets: SECONDS,
    registers: [registry],
  });
  return {
    registry,
    observe(req, res, next) {
      const method = METHODS.has(req.method) ? req.method : 'other';
      const stop = duration.startTimer({ method });
      res.once('close', () => stop({ route: toRouteLabel(req), status: String(res.statusCode) }));
      next();
    },
  };
}

function addJobMetrics(registry: Registry, overview: OverviewReader): void {
  const read = () => overview.read('24h');
  addReadGauge(registry, {
    name: 'understudy_jobs',
    help: 'Jobs that are not final, by state; those in `queued` are the depth of the queue.',
    labelNames: ['state'],
    async read() {
      const { jobs } = await read();
      return OPEN_STATES.map((state) => ({ labels: { state }, value: jobs[state] }));
    },
  });
  addReadGauge(registry, {
    name: 'understudy_jobs_ended_24h',
    help: 'Jobs that ended in the last 24 hours, by state.',
    labelNames: ['state'],
    async read() {
      const { jobs } = await read();
      return FINAL_STATES.map((state) => ({ labels: { state }, value: jobs[state] }));
    },
  });
  addReadGauge(registry, {
    name: 'understudy_queue_oldest_waiting_seconds',
    help: 'How long the oldest waiting job has waited; 0 where none waits.',
    read: async () => [{ value: ((await read()).queue.oldestWaitingMs ?? 0) / 1_000 }],
  });
  addReadGauge(registry, {
    name: 'understudy_workers',
    help: 'Worker processes that live.',
    async read() {
      const { workers } = await read();
      return workers === null ? [] : [{ value: workers.length }];
    },
  });
}

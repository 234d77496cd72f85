import { addReadMetric } from '@understudy/shared/runtime/read-metric';
import type { JobTotals } from '@understudy/shared/store/overview/read-job-totals';
import type { Registry } from 'prom-client';
import type { OverviewReader } from '../caches/overview.ts';

export interface JobReadings extends Pick<
  OverviewReader,
  'readOpen' | 'readOldestWaitingMs' | 'readStalledMs' | 'readWorkers'
> {
  readTotals: () => Promise<JobTotals>;
}

const OPEN_STATES = ['queued', 'processing', 'deferred'] as const;

/** Adds what there is to say of the jobs, of the queue, and of who works on them. */
export function addJobMetrics(registry: Registry, read: JobReadings): void {
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_jobs',
    help: 'Jobs that are not final, by state; those in `queued` are the depth of the queue.',
    labelNames: ['state'],
    async read() {
      const open = await read.readOpen();
      return OPEN_STATES.map((state) => ({ labels: { state }, value: open[state] }));
    },
  });
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_queue_oldest_waiting_seconds',
    help: 'How long the oldest queued job has waited since it was accepted or last retried; 0 where none waits.',
    read: async () => [{ value: ((await read.readOldestWaitingMs()) ?? 0) / 1_000 }],
  });
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_queue_stalled_seconds',
    help:
      'How long the oldest queued or deferred job has waited beyond what a limit, a budget, a pause or its caller’s ' +
      'own `providers` account for; 0 where none does.',
    read: async () => [{ value: ((await read.readStalledMs()) ?? 0) / 1_000 }],
  });
  addReadMetric(registry, {
    type: 'gauge',
    name: 'understudy_workers',
    help: 'Worker processes that live; no value while Redis is away.',
    async read() {
      const workers = await read.readWorkers();
      return workers === null ? [] : [{ value: workers.length }];
    },
  });
  addTotals(registry, read.readTotals);
}

function addTotals(registry: Registry, readTotals: JobReadings['readTotals']) {
  addReadMetric(registry, {
    type: 'counter',
    name: 'understudy_jobs_accepted_total',
    help: 'Jobs accepted by the whole service, some ten seconds late.',
    read: async () => [{ value: (await readTotals()).accepted }],
  });
  addReadMetric(registry, {
    type: 'counter',
    name: 'understudy_jobs_ended_total',
    help: 'Jobs of the whole service that ended, by state, some ten seconds late; one that is retried ends again.',
    labelNames: ['state'],
    async read() {
      const { ended } = await readTotals();
      return Object.entries(ended).map(([state, value]) => ({ labels: { state }, value }));
    },
  });
  addReadMetric(registry, {
    type: 'counter',
    name: 'understudy_availability_jobs_total',
    help:
      'Jobs of the whole service whose time for an answer is over: `answered` in time, `degraded` where `local` ' +
      'did while others were to, else `missed`. Those that ended by their caller’s doing or were held by a limit are left out.',
    labelNames: ['outcome'],
    async read() {
      const { availability } = await readTotals();
      return Object.entries(availability).map(([outcome, value]) => ({ labels: { outcome }, value }));
    },
  });
}

import { FAULT_KINDS } from '@understudy/shared/contracts/fault';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { LEASE_MS } from '@understudy/shared/store/jobs/claim-job';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { toAcceptedAt } from '@understudy/shared/store/jobs/to-accepted-at';
import type { SettledAttempt } from '@understudy/shared/store/usage/bucket';
import { Counter, Histogram, type Metric } from 'prom-client';
import type { Dispatch } from '../dispatch/dispatch.ts';
import { createProviderSeries } from './provider-series.ts';

/** What a worker counts of its own work, as it does it. */
export interface WorkMetrics {
  noteClaim(job: Pick<JobDocument, 'claim' | 'startedAt' | 'deadlineAt' | 'deadlineMs'>): void;
  /** Counts an attempt that is settled; only those of jobs. */
  noteAttempt(
    attempt: Pick<SettledAttempt, 'purpose' | 'provider' | 'outcome' | 'fault' | 'durationMs'>,
  ): void;
  noteFailover(failover: Pick<FailoverDocument, 'from' | 'to' | 'fault' | 'switchMs' | 'drill'>): void;
  /** The same dispatch, timed. */
  measure(dispatch: Dispatch): Dispatch;
  metrics: readonly Metric[];
}

/** A wait may last until the deadline of a job. */
const WAIT_SECONDS = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 30, 60, 300, 1_800, 7_200, 43_200];
/** Up to the budget of a dispatch and somewhat more. */
const CALL_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 30, 60];
/** Around the bar of 5 s; with an open circuit it is 0.05 s. */
const SWITCH_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 10];

const NONE = 'none';
/** Whoever is overtaken has not answered in time; whatever else is aborted has no fault. */
const ATTEMPTS = [
  { outcome: 'succeeded', fault: NONE },
  ...[...FAULT_KINDS, NONE].map((fault) => ({ outcome: 'failed', fault })),
  ...['silent', 'timeout', NONE].map((fault) => ({ outcome: 'aborted', fault })),
];
const FAILOVERS = FAULT_KINDS.flatMap((fault) =>
  ['switched', 'nobody_left'].map((outcome) => ({ fault, outcome })),
);

export function createWorkMetrics(listProviders: () => readonly string[]): WorkMetrics {
  const { wait, dispatchTime, attempts, attemptTime, failovers, switchTime } = defineMetrics(() =>
    series.sync(),
  );
  const series = createProviderSeries(listProviders);
  series.add(attempts, ATTEMPTS);
  series.add(attemptTime, [{}]);
  series.add(failovers, FAILOVERS);

  return {
    noteClaim(job) {
      if (isFirst(job)) wait.observe(toSeconds(job.startedAt.getTime() - toAcceptedAt(job).getTime()));
    },
    noteAttempt({ purpose, provider: { name: provider }, outcome, fault, durationMs }) {
      if (purpose !== 'job' || !series.open(provider)) return;
      attempts.inc({ provider, outcome, fault: fault ?? NONE });
      if (outcome !== 'aborted') attemptTime.observe({ provider }, toSeconds(durationMs));
    },
    noteFailover({ from: { name: provider }, to, fault, switchMs, drill }) {
      if (drill) return;
      if (to) switchTime.observe(toSeconds(switchMs));
      if (series.open(provider)) failovers.inc({ provider, fault, outcome: to ? 'switched' : 'nobody_left' });
    },
    measure: (dispatch) => async (input) => {
      const stop = dispatchTime.startTimer();
      const report = await dispatch(input);
      stop({ outcome: report.end.kind });
      return report;
    },
    metrics: [wait, dispatchTime, attempts, attemptTime, failovers, switchTime],
  };
}

const toSeconds = (ms: number) => Math.max(0, ms) / 1_000;

/** The start of a job is the moment of its first claim, and a fresh claim's lease is as long as a lease is. */
function isFirst(job: Pick<JobDocument, 'claim' | 'startedAt'>): job is { claim: never; startedAt: Date } {
  const { claim, startedAt } = job;
  return (
    claim !== null && startedAt !== null && claim.leaseUntil.getTime() === startedAt.getTime() + LEASE_MS
  );
}

function defineMetrics(sync: () => void) {
  const registers: never[] = [];
  return {
    wait: new Histogram({
      name: 'understudy_job_wait_seconds',
      help: 'From a job’s acceptance, or its last retry, to its first claim by a worker.',
      buckets: WAIT_SECONDS,
      registers,
    }),
    dispatchTime: new Histogram({
      name: 'understudy_dispatch_duration_seconds',
      help: 'One pass of a job over the providers, by how it ended.',
      labelNames: ['outcome'],
      buckets: CALL_SECONDS,
      registers,
    }),
    attempts: new Counter({
      name: 'understudy_attempts_total',
      help: 'Calls for jobs that are settled, by provider, outcome and fault; `none` where it had none.',
      labelNames: ['provider', 'outcome', 'fault'],
      registers,
      collect: sync,
    }),
    attemptTime: new Histogram({
      name: 'understudy_attempt_duration_seconds',
      help: 'How long calls for jobs took, but for those that were aborted.',
      labelNames: ['provider'],
      buckets: CALL_SECONDS,
      registers,
      collect: sync,
    }),
    failovers: new Counter({
      name: 'understudy_failovers_total',
      help: 'Times that a job left a provider which had failed it, by the fault, for another or because nobody was left.',
      labelNames: ['provider', 'fault', 'outcome'],
      registers,
      collect: sync,
    }),
    switchTime: new Histogram({
      name: 'understudy_failover_switch_seconds',
      help: 'From the first try at the provider that failed to the first try at the next.',
      buckets: SWITCH_SECONDS,
      registers,
    }),
  };
}

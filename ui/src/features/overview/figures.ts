import type { Overview } from '@understudy/shared/contracts/stats';
import { toCount, toPercent, toPlural, toUsd } from '../../format/number.ts';
import { toDuration } from '../../format/time.ts';

export interface Figure {
  name: string;
  /** Null where there is nothing to measure yet. */
  value: string | null;
  /** What stands small beside it: a unit, or the target. */
  unit: string;
  /** Whether the target is met; undefined where there is none, or nothing to measure. */
  isMet?: boolean;
  detail: string;
  link?: { to: string; words: string };
}

/** What comes and goes, how long that takes, how well it goes, and how dear it is. */
export function toFigures(overview: Overview): Figure[] {
  return [
    toThroughput(overview),
    toQueue(overview),
    toAnswer(overview),
    toAvailability(overview),
    toConnectivity(overview),
    toSpend(overview),
  ];
}

function toThroughput({ jobs, submittedPerMinute, finishedPerMinute }: Overview): Figure {
  const failed = jobs.failed;
  return {
    name: 'Finished',
    value: toRate(finishedPerMinute),
    unit: `a minute; ${toRate(submittedPerMinute)} submitted`,
    detail: `${toCount(jobs.succeeded)} succeeded`,
    // Jobs are found by when they were submitted, which may be long before they failed.
    ...(failed > 0 && { link: { to: '/jobs?state=failed', words: `${toCount(failed)} failed` } }),
  };
}

function toQueue({ queue, queueWait }: Overview): Figure {
  const { waiting, active, deferred, oldestWaitingMs } = queue;
  return {
    name: 'Waiting',
    value: toCount(waiting),
    unit:
      oldestWaitingMs === null
        ? `now; ${toCount(active)} under way`
        : `now, the oldest ${toDuration(oldestWaitingMs)}; ${toCount(active)} under way`,
    detail: queueWait.p50Ms === null ? 'No job has waited yet' : `Waited ${toRange(queueWait)}`,
    ...(deferred > 0 && { link: { to: '/jobs?state=deferred', words: `${toCount(deferred)} put off` } }),
  };
}

function toAnswer({ answer }: Overview): Figure {
  return {
    name: 'Answer time',
    value: answer.p50Ms === null ? null : toDuration(answer.p50Ms),
    unit: answer.p95Ms === null ? '' : `p50; p95 ${toDuration(answer.p95Ms)}`,
    detail:
      answer.p50Ms === null ? 'No job has been answered in this time.' : 'From acceptance to the answer',
  };
}

function toAvailability({ availability }: Overview): Figure {
  const { accepted, answered, degraded, ratio, target } = availability;
  const unit = `target: at least ${toPercent(target)}`;
  if (ratio === null) {
    return {
      name: 'Availability',
      value: null,
      unit,
      detail: 'No job has counted yet: each does once its time for an answer is over.',
    };
  }
  const rough = degraded > 0 ? `, ${toCount(degraded)} more only by local` : '';
  return {
    name: 'Availability',
    value: toPercent(ratio),
    unit,
    isMet: ratio >= target,
    detail: `${toCount(answered)} of ${toPlural(accepted, 'job')} answered in time${rough}`,
  };
}

function toConnectivity({ connectivity }: Overview): Figure {
  const { ratio, target, errors, attempts } = connectivity;
  const unit = `target: under ${toPercent(target)}`;
  if (ratio === null) {
    return { name: 'Connectivity errors', value: null, unit, detail: 'No provider was called in this time.' };
  }
  return {
    name: 'Connectivity errors',
    value: toPercent(ratio),
    unit,
    isMet: ratio < target,
    detail: `${toCount(errors)} of ${toPlural(attempts, 'attempt')}: silence, time-out, network`,
  };
}

const PRICING: Partial<Record<string, string>> = {
  estimated: 'Partly an estimate: calls that were cut',
  partial: 'Only the known part: some models have no price',
  unpriced: 'No price is known for what was called',
};

function toSpend({ spend: { costUsd, pricing } }: Overview): Figure {
  return {
    name: 'Spend',
    value: costUsd === null ? null : toUsd(costUsd),
    unit: pricing === 'partial' ? 'at least' : '',
    detail: PRICING[pricing ?? ''] ?? 'Jobs, tests, drills and checks',
  };
}

function toRange({ p50Ms, p95Ms }: Overview['queueWait']): string {
  return `${toDuration(p50Ms ?? 0)} (p50), ${toDuration(p95Ms ?? 0)} (p95)`;
}

/** So many a minute, in two figures where it is little: one job an hour is not none. */
function toRate(value: number): string {
  return value < 10 ? String(Number(value.toPrecision(2))) : toCount(value);
}

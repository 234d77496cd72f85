import type { Overview } from '@understudy/shared/contracts/stats';
import { expect, it } from 'vitest';
import { toFigures } from './figures.ts';

const nothing = { p50Ms: null, p95Ms: null };
const empty = {
  window: '24h',
  jobs: { queued: 0, processing: 0, deferred: 0, succeeded: 0, failed: 0, cancelled: 0 },
  submittedPerMinute: 0,
  finishedPerMinute: 0,
  queueWait: nothing,
  answer: nothing,
  availability: {
    window: '24h',
    accepted: 0,
    answered: 0,
    degraded: 0,
    ratio: null,
    ratioWithDegraded: null,
    target: 0.999,
  },
  connectivity: { window: '24h', attempts: 0, errors: 0, ratio: null, target: 0.01 },
  spend: { costUsd: 0, pricing: null },
  queue: { waiting: 0, active: 0, deferred: 0, oldestWaitingMs: null },
  workers: [],
} as Overview;
const toFigure = (name: string, part: Partial<Overview> = {}) =>
  toFigures({ ...empty, ...part }).find((figure) => figure.name === name);

it('claims nothing where nothing was measured', () => {
  for (const name of ['Answer time', 'Availability', 'Connectivity errors']) {
    expect(toFigure(name)).toMatchObject({ value: null });
    expect(toFigure(name)).not.toHaveProperty('isMet');
  }
});

it('does not round a little traffic to none', () => {
  expect(toFigure('Finished', { finishedPerMinute: 0.0472 })?.value).toBe('0.047');
  expect(toFigure('Finished', { finishedPerMinute: 1234.5 })?.value).toBe('1,235');
});

it('leads to what failed, whenever it was submitted', () => {
  const jobs = { ...empty.jobs, failed: 12 };
  expect(toFigure('Finished', { jobs })?.link).toEqual({ to: '/jobs?state=failed', words: '12 failed' });
});

it('holds availability and connectivity against their targets', () => {
  const availability = { ...empty.availability, accepted: 1_000, answered: 998, ratio: 0.998 };
  expect(toFigure('Availability', { availability })).toMatchObject({ value: '99.8 %', isMet: false });
  const connectivity = { ...empty.connectivity, attempts: 1_000, errors: 10, ratio: 0.01 };
  expect(toFigure('Connectivity errors', { connectivity })).toMatchObject({ isMet: false });
});

it('tells what only local answered apart', () => {
  const availability = {
    ...empty.availability,
    accepted: 60,
    answered: 15,
    degraded: 45,
    ratio: 0.25,
    ratioWithDegraded: 1,
  };
  expect(toFigure('Availability', { availability })).toMatchObject({
    value: '25 %',
    isMet: false,
    detail: '15 of 60 jobs answered in time, 45 more only by local',
  });
});

it('never writes a price that is not known as nothing', () => {
  expect(toFigure('Spend', { spend: { costUsd: null, pricing: 'unpriced' } })).toMatchObject({
    value: null,
    detail: 'No price is known for what was called',
  });
});

import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { expect, it } from 'vitest';
import { toSchedules, type ScheduledProvider } from './schedules.ts';

const build = (overrides: Partial<ScheduledProvider> = {}): ScheduledProvider => ({
  _id: 'prv_1',
  type: 'openai',
  enabled: true,
  ...overrides,
});
const config = (healthCheck = {}) => dispatchConfig.parse({ healthCheck });
const toChecks = (providers: ScheduledProvider[], healthCheck = {}) =>
  toSchedules(providers, config(healthCheck)).filter(({ name }) => name === 'health.check');

it('has every task of upkeep with no provider at all', () => {
  expect(toSchedules([], config()).map(({ id }) => id)).toEqual([
    'upkeep.deadlines',
    'upkeep.queue',
    'upkeep.webhooks',
    'upkeep.claims',
    'upkeep.batches',
    'upkeep.announcements',
    'upkeep.usage',
    'upkeep.reservations',
    'upkeep.retention',
    'upkeep.alerts',
  ]);
});

it('checks enabled providers only, free of charge, at the configured interval', () => {
  expect(toChecks([build(), build({ _id: 'prv_2', enabled: false })], { intervalMs: 5_000 })).toMatchObject([
    { everyMs: 5_000, payload: { providerId: 'prv_1', checkId: null, deep: false } },
  ]);
});

it('adds deep checks only where they are asked for and somebody can be asked', () => {
  const deep = toChecks([build(), build({ _id: 'prv_2', type: 'local' })], {
    deepIntervalMs: 3_600_000,
  }).filter(({ everyMs }) => everyMs === 3_600_000);
  expect(deep.map(({ payload }) => payload)).toEqual([{ providerId: 'prv_1', checkId: null, deep: true }]);
});

it('spreads the checks over the interval, each always at the same place in it', () => {
  const providers = Array.from({ length: 200 }, (_, index) => build({ _id: `prv_${index}` }));
  const offsets = toChecks(providers).map(({ offsetMs }) => offsetMs);
  expect(toChecks(providers).map(({ offsetMs }) => offsetMs)).toEqual(offsets);
  expect(offsets.every((offset) => offset > 0 && offset < 30_000)).toBe(true);
  for (const third of [0, 1, 2]) {
    const inThird = offsets.filter((offset) => Math.floor(offset / 10_000) === third);
    expect(inThird.length).toBeGreaterThan(40);
  }
});

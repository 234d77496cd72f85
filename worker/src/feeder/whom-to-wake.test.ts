import { expect, it } from 'vitest';
import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import { buildRoom } from '../testing/build-room.ts';
import { toWake } from './whom-to-wake.ts';

const NOW = 1_790_000_000_000;
const free = buildRoom({ room: 4 });
const full = (reason: ProviderRoom['reason'], untilAt: number | null = null): ProviderRoom => ({
  ...free,
  room: 0,
  allowance: 0,
  reason,
  untilAt,
});
const wake = (before: ProviderRoom | null, now: ProviderRoom) =>
  toWake(new Map(before ? [[before.providerId, before]] : []), [now], NOW);

it('wakes all for one that is new', () => {
  expect(wake(null, free)).toEqual({ who: 'all' });
});

it.each(['circuit_open', 'flagged', 'disabled'] as const)('wakes all for one that was %s', (reason) => {
  expect(wake(full(reason, NOW - 1), free)).toEqual({ who: 'all' });
});

it.each(['cooldown', 'rate_limit', 'tokens', 'budget'] as const)(
  'wakes those that passed it over for one whose %s ended before its time',
  (reason) => {
    const waitingFor = { who: 'waiting_for', providerIds: ['main'] };
    expect(wake(full(reason, NOW + 1), free)).toEqual(waitingFor);
    expect(wake(full(reason), free)).toEqual(waitingFor);
    expect(wake(full(reason, NOW - 1), free)).toEqual({ who: 'nobody' });
  },
);

it('wakes nobody for one that could be called before, or still cannot', () => {
  expect(wake(free, free)).toEqual({ who: 'nobody' });
  expect(wake(full('circuit_open'), full('circuit_open'))).toEqual({ who: 'nobody' });
  expect(wake({ ...full('concurrency'), allowance: 3 }, free)).toEqual({ who: 'nobody' });
});

import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Lane } from '@understudy/shared/store/jobs/waiting-jobs';
import { expect, it } from 'vitest';
import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { buildPooled, type ProviderOverrides } from '../testing/build-provider.ts';
import { buildRoom } from '../testing/build-room.ts';
import { createAllowances } from './allowances.ts';

const NOW = 1_790_000_000_000;
const AHEAD = 2;
const ANY: Lane = { priority: 5, client: 'a', route: 'any', providers: null, allowDegraded: false };
const OR_LOCAL: Lane = { ...ANY, route: 'any-or-local', allowDegraded: true };
const only = (...providers: string[]): Lane => ({ ...ANY, route: `only:${providers.join()}`, providers });

type State = Partial<Pick<ProviderRoom, 'room' | 'allowance' | 'isRecovering' | 'reason' | 'untilAt'>>;

function setup(
  states: [ProviderOverrides, State][],
  options: Partial<Parameters<typeof createAllowances>[0]> = {},
) {
  const entries = states.map(([overrides, state], index): [PooledProvider, ProviderRoom] => {
    const pooled = buildPooled({ priority: index + 1, ...overrides });
    return [pooled, buildRoom({ providerId: pooled.provider._id, ...state })];
  });
  const providers = entries.map(([pooled]) => pooled);
  const allowances = createAllowances({
    providers,
    rooms: entries.map(([, room]) => room),
    settings: dispatchConfig.parse({}),
    unadmitted: [],
    ahead: () => AHEAD,
    nowMs: NOW,
    ...options,
  });
  const takeAll = (lane: Lane, createdAt = new Date(NOW)) => {
    const taken: string[] = [];
    for (let id = allowances.take(lane, createdAt); id !== null; id = allowances.take(lane, createdAt)) {
      taken.push(providers.find(({ provider }) => provider._id === id)?.provider.name ?? '');
    }
    return taken;
  };
  return { ...allowances, providers, takeAll };
}

const OPEN: State = { allowance: 0, reason: 'circuit_open' };

it('gives each provider what it has places for and a few more, the first one first', () => {
  const { takeAll } = setup([
    [{ name: 'main' }, { room: 1 }],
    [{ name: 'spare' }, { room: 0, reason: 'concurrency' }],
  ]);
  expect(takeAll(ANY)).toEqual(['main', 'main', 'main', 'spare', 'spare']);
});

it('gives no more than a limit allows', () => {
  const { of, takeAll } = setup([[{ name: 'main' }, { room: 16, allowance: 1 }]]);
  expect(of(ANY)).toEqual({ atMost: 1, until: null });
  expect(takeAll(ANY)).toEqual(['main']);
  expect(of(ANY)).toBeNull();
});

it('counts what is in the window already against whom it was chosen for', () => {
  const states: [ProviderOverrides, State][] = [
    [{ _id: 'prv_main', name: 'main' }, { room: 1 }],
    [{ _id: 'prv_spare', name: 'spare' }, { room: 1 }],
  ];
  const { takeAll } = setup(states, { unadmitted: ['prv_spare', 'prv_spare', null] });
  expect(takeAll(ANY)).toEqual(['main', 'main', 'spare']);
});

it('lets a job go only to those that it names', () => {
  const { of, takeAll } = setup([
    [{ name: 'main' }, { room: 5 }],
    [{ name: 'spare' }, { room: 1 }],
  ]);
  expect(takeAll(only('spare'))).toEqual(['spare', 'spare', 'spare']);
  expect(of(only('nobody'))).toBeNull();
});

it('counts one that was renamed under each of its names', () => {
  const { named, takeAll } = setup([[{ name: 'Main-EU', formerNames: ['main'] }, { room: 1 }]]);
  expect(Object.fromEntries(named())).toEqual({ 'main-eu': 3, main: 3 });
  expect(takeAll(only('main'))).toHaveLength(3);
});

it('lets `local` step in for old jobs that may be degraded, where all others are down', () => {
  const { of, takeAll } = setup([
    [{ name: 'main' }, OPEN],
    [{ name: 'local', type: 'local' }, { room: 1 }],
  ]);
  expect(of(ANY)).toBeNull();
  expect(of(OR_LOCAL)).toEqual({ atMost: 3, until: new Date(NOW - 10_000) });
  expect(takeAll(OR_LOCAL, new Date(NOW - 9_999))).toEqual([]);
  expect(takeAll(OR_LOCAL, new Date(NOW - 10_000))).toEqual(['local', 'local', 'local']);
});

it('does not let `local` step in for a limit', () => {
  const { of } = setup([
    [{ name: 'main' }, OPEN],
    [{ name: 'spare' }, { allowance: 0, reason: 'rate_limit' }],
    [{ name: 'local', type: 'local' }, { room: 1 }],
  ]);
  expect(of(OR_LOCAL)).toBeNull();
});

it('without failover counts on the first only, where it is known who that is', () => {
  const states: [ProviderOverrides, State][] = [
    [{ name: 'main' }, { allowance: 0, reason: 'cooldown' }],
    [{ name: 'spare' }, { room: 1 }],
  ];
  const settings = dispatchConfig.parse({ failoverEnabled: false });
  expect(setup(states, { settings }).of(ANY)).toBeNull();
  expect(setup(states, { settings }).of(only('main', 'spare'))).toBeNull();
  const weighted = dispatchConfig.parse({ failoverEnabled: false, strategy: 'weighted' });
  expect(setup(states, { settings: weighted }).of(ANY)).toEqual({ atMost: 3, until: null });
});

it('says what holds a lane: a limit, a budget, or that nobody can answer', () => {
  const untilAt = NOW + 5_000;
  const limited: State = { allowance: 0, reason: 'cooldown', untilAt };
  const held = { reason: 'rate_limited', byLimit: false, nextTryAt: new Date(untilAt) };
  expect(setup([[{ name: 'main' }, limited]]).heldBy(ANY)).toEqual(held);
  const spent: State = { allowance: 0, reason: 'budget' };
  expect(setup([[{ name: 'main' }, spent]]).heldBy(ANY)).toEqual({
    reason: 'budget_exhausted',
    byLimit: true,
    nextTryAt: null,
  });
  const probed = { reason: 'no_provider_available', byLimit: false, nextTryAt: new Date(NOW) };
  expect(setup([[{ name: 'main' }, OPEN]]).heldBy(ANY)).toEqual(probed);
  expect(
    setup([
      [{ name: 'main' }, OPEN],
      [{ name: 'spare' }, limited],
    ]).heldBy(ANY),
  ).toEqual(held);
});

it('knows no time where it takes an operator', () => {
  const heldForLong = { reason: 'no_provider_available', byLimit: false, nextTryAt: null };
  const flagged: State = { allowance: 0, reason: 'flagged' };
  expect(setup([[{ name: 'main' }, flagged]]).heldBy(ANY)).toEqual(heldForLong);
  const off = setup([
    [
      { name: 'main', enabled: false },
      { allowance: 0, reason: 'disabled' },
    ],
  ]);
  expect(off.heldBy(only('main'))).toEqual(heldForLong);
});

it('is held by a limit, too, once that is used up by what was chosen; never by want of places', () => {
  const { takeAll, heldBy } = setup([[{ name: 'main' }, { room: 16, allowance: 2 }]]);
  expect(heldBy(ANY)).toBeNull();
  takeAll(ANY);
  expect(heldBy(ANY)).toEqual({ reason: 'rate_limited', byLimit: true, nextTryAt: new Date(NOW) });
  const full = setup([[{ name: 'main' }, { room: 0, reason: 'concurrency' }]]);
  full.takeAll(ANY);
  expect(full.heldBy(ANY)).toBeNull();
});

it('is held by no limit of ours where the one that may be called has only just come back', () => {
  const probed = setup([[{ name: 'main' }, { room: 1, allowance: 1, isRecovering: true }]]);
  probed.takeAll(ANY);
  expect(probed.heldBy(ANY)).toMatchObject({ reason: 'rate_limited', byLimit: false });
  const other: [ProviderOverrides, State] = [{ name: 'spare' }, { allowance: 0, reason: 'rate_limit' }];
  const both = setup([[{ name: 'main' }, { room: 1, allowance: 1, isRecovering: true }], other]);
  both.takeAll(ANY);
  expect(both.heldBy(ANY)).toMatchObject({ reason: 'rate_limited', byLimit: false });
});

import type { Alert } from '@understudy/shared/contracts/alert';
import type { Provider } from '@understudy/shared/contracts/provider';
import type { Overview } from '@understudy/shared/contracts/stats';
import { describe, expect, it } from 'vitest';
import type { AttentionFacts } from './attention-item.ts';
import { toAttention, toWellWords } from './attention.ts';

const AT = '2026-03-01T12:00:00.000Z';
const worker = { id: 'w1', startedAt: AT, lastSeenAt: AT, active: 0, concurrency: 32 };
const overview = {
  queue: { waiting: 3, active: 0, deferred: 0, oldestWaitingMs: 1_000 },
  availability: {
    window: '24h',
    accepted: 1_000,
    answered: 1_000,
    degraded: 0,
    ratio: 1,
    ratioWithDegraded: 1,
    target: 0.999,
  },
  workers: [worker],
} as Overview;

const provider = (name: string, status: Partial<Provider['status']> = {}, part: Partial<Provider> = {}) =>
  ({
    id: `prv_${name}`,
    name,
    type: 'openai',
    enabled: true,
    configuration: { model: 'm', monthlyBudgetUsd: 100 },
    status: { health: 'healthy', circuit: 'closed', cooldownUntil: null, flagged: null, ...status },
    ...part,
  }) as Provider;
const main = provider('main');
const local = provider('local', {}, { type: 'local' });

const toItems = (facts: Partial<AttentionFacts>) =>
  toAttention({
    overview,
    alerts: [],
    providers: [main, local],
    failures: new Map(),
    isPaused: false,
    ...facts,
  });
const toIds = (facts: Partial<AttentionFacts>) => toItems(facts).map(({ id }) => id);
const alert = (type: Alert['type'], data: object) =>
  ({ id: 'alt_1', type, at: AT, endedAt: null, data }) as Alert;
const budget = (spentUsd: number) =>
  alert('budget.reached', { providerId: 'prv_main', name: 'main', percent: 80, limitUsd: 100, spentUsd });

it('is empty when all is well, and says what makes that so', () => {
  expect(toItems({})).toEqual([]);
  const facts = { overview, alerts: [], providers: [main, local], failures: new Map(), isPaused: false };
  expect(toWellWords(facts)).toBe('All is well: 2 providers take jobs, 1 worker runs them.');
});

describe('of providers', () => {
  it.each([
    ['unauthenticated', 'key'],
    ['forbidden', 'key'],
    ['budget', 'budget'],
    ['quota', 'reset'],
  ] as const)('offers for the flag %s what ends it: %s', (flagged, kind) => {
    const flaggedOne = provider('main', { flagged, circuit: 'open', health: 'down' });
    const [item] = toItems({ providers: [flaggedOne, provider('spare'), local] });
    expect(item).toMatchObject({ id: 'flagged/prv_main', tone: 'bad', action: { kind } });
  });

  it('names only the worst trouble of each', () => {
    const open = provider('main', { circuit: 'open', health: 'down' });
    expect(toIds({ providers: [open, provider('spare')] })).toEqual(['open/prv_main']);
  });

  it('warns of one that jobs still go to though it fails just now, and does not call that helpless', () => {
    const halfOpen = provider('main', { circuit: 'half-open' });
    expect(toItems({ providers: [halfOpen, local] })).toMatchObject([
      { id: 'failing/prv_main', tone: 'warn', action: { kind: 'reset' } },
    ]);
    const failures = new Map([['prv_main', 'it answered 500']]);
    expect(toItems({ failures })).toMatchObject([
      { id: 'failing/prv_main', tone: 'warn', title: 'main fails just now', detail: 'It answered 500.' },
    ]);
    expect(toIds({ failures, providers: [{ ...main, enabled: false }, provider('spare'), local] })).toEqual(
      [],
    );
  });

  it('leaves one alone whose circuit is closing', () => {
    expect(toIds({ providers: [provider('main', { circuit: 'ramping' }), local] })).toEqual([]);
  });

  it('says since when and why a provider is down, by its alert', () => {
    const down = provider('main', { health: 'down' });
    const told = alert('provider.down', { providerId: 'prv_main', errorMessage: 'refused' });
    const [item] = toItems({ providers: [down, provider('spare')], alerts: [told] });
    expect(item).toMatchObject({ id: 'down/prv_main', since: AT, detail: 'refused' });
  });

  it('leaves one alone that was switched off, that cools down, or whose alert is over', () => {
    const off = provider('off', { flagged: 'quota', health: 'down' }, { enabled: false });
    const cooling = provider('cooling', { cooldownUntil: AT });
    const told = alert('provider.down', { providerId: 'prv_main', errorMessage: null });
    expect(toIds({ providers: [main, off, cooling], alerts: [told] })).toEqual([]);
  });

  it('tells apart that only local is left from that nobody is', () => {
    const down = provider('main', { health: 'down' });
    const left = toItems({ providers: [down, local] }).find(({ id }) => id === 'providers');
    expect(left).toMatchObject({ tone: 'warn', title: 'Only the local provider is left' });
    const none = toItems({ providers: [down] }).find(({ id }) => id === 'providers');
    expect(none).toMatchObject({ tone: 'bad', title: 'No provider can answer' });
    expect(toIds({ providers: [{ ...main, enabled: false }] })).toEqual(['providers']);
  });

  it('does not call a fresh installation helpless', () => {
    expect(toIds({ providers: [local] })).toEqual([]);
  });
});

describe('of budgets', () => {
  it('warns from 80 % on, and is bad once all is spent', () => {
    expect(toItems({ alerts: [budget(85)] })).toMatchObject([
      {
        id: 'budget/prv_main',
        tone: 'warn',
        action: { kind: 'budget' },
        title: '85 % of main’s budget is spent',
      },
    ]);
    expect(toItems({ alerts: [budget(100)] })).toMatchObject([{ tone: 'bad' }]);
  });

  it('is over as soon as the budget is raised, whatever the alert says', () => {
    const raised = provider('main', {}, { configuration: { ...main.configuration, monthlyBudgetUsd: 250 } });
    expect(toIds({ providers: [raised], alerts: [budget(100)] })).toEqual([]);
  });

  it('says it once where the provider is flagged for it', () => {
    const flagged = provider('main', { flagged: 'budget' });
    expect(toIds({ providers: [flagged, provider('spare')], alerts: [budget(100)] })).toEqual([
      'flagged/prv_main',
    ]);
  });
});

describe('of the service', () => {
  it('says that no worker is alive, and apart from it that Redis does not answer', () => {
    expect(toItems({ overview: { ...overview, workers: [] } })[0]?.title).toBe('No worker is alive');
    expect(toItems({ overview: { ...overview, workers: null } })[0]?.title).toBe('Redis does not answer');
  });

  it('tells of a job that waits over five minutes and leads to those like it, unless dispatch is paused', () => {
    const waiting = { waiting: 18, active: 32, deferred: 0, oldestWaitingMs: 1_020_000 };
    const late = { ...overview, queue: waiting };
    const stalled = alert('queue.stalled', { waiting: 18, oldestWaitingMs: 301_000 });
    const now = Date.parse('2026-03-01T12:00:30.000Z');
    const facts = {
      overview: late,
      alerts: [stalled],
      providers: [main, local],
      failures: new Map(),
      isPaused: false,
    };
    expect(toAttention(facts, now)).toMatchObject([
      {
        id: 'queue',
        tone: 'bad',
        title: 'The oldest waiting job has waited for 17 min',
        detail: '18 jobs wait in all, 32 are under way.',
        since: AT,
        action: { to: '/jobs?state=queued,deferred&to=2026-03-01T11:56:00.000Z' },
      },
    ]);
    expect(toItems({ overview: late, alerts: [stalled], isPaused: true })).toMatchObject([
      { id: 'paused', tone: 'warn', action: { kind: 'resume' } },
    ]);
    const young = { ...overview, queue: { ...waiting, oldestWaitingMs: 299_999 } };
    expect(toIds({ overview: young, alerts: [stalled] })).toEqual([]);
  });

  it('only warns of one that waits by its caller’s choice or a limit, of which no alert tells', () => {
    const late = { ...overview, queue: { ...overview.queue, waiting: 1, oldestWaitingMs: 300_000 } };
    expect(toItems({ overview: late })).toMatchObject([
      {
        id: 'queue',
        tone: 'warn',
        detail:
          '1 job waits in all, 0 are under way. A limit, a budget or its own choice of providers may hold it: its page says what.',
      },
    ]);
  });

  it('puts what is bad before what warns', () => {
    const down = provider('main', { health: 'down' });
    const tones = toItems({ providers: [down, provider('spare')], isPaused: true }).map(({ tone }) => tone);
    expect(tones).toEqual(['bad', 'warn']);
  });
});

describe('of availability', () => {
  const of = (answered: number, degraded = 0) => ({
    ...overview,
    availability: {
      ...overview.availability,
      answered,
      degraded,
      ratio: answered / 1_000,
      ratioWithDegraded: (answered + degraded) / 1_000,
    },
  });

  it('compares it with its target, as it is shown, or else as an alert told it', () => {
    expect(toItems({ overview: of(990) })).toMatchObject([
      {
        id: 'availability',
        tone: 'bad',
        title: 'Availability is 99 %',
        detail: 'Over 24 hours 10 of 1,000 jobs had no answer in time; the target is 99.9 %.',
        action: { to: '/processing?window=24h' },
      },
    ]);
    const figures = { window: '1h', accepted: 40, answered: 30, degraded: 0, ratio: 0.75, target: 0.999 };
    const told = alert('availability.breached', figures);
    expect(toItems({ alerts: [told] })).toMatchObject([
      { title: 'Availability is 75 %', action: { to: '/processing?window=1h' }, since: AT },
    ]);
    expect(toItems({ overview: of(990), alerts: [told] })).toMatchObject([
      { title: 'Availability is 99 %', action: { to: '/processing?window=24h' }, since: AT },
    ]);
  });

  it('warns of what local answered while others were to, which is not to have no answer', () => {
    expect(toItems({ overview: of(900, 100) })).toMatchObject([
      {
        id: 'availability',
        tone: 'warn',
        title: 'Only local answered 100 of 1,000 jobs',
        detail: 'Over 24 hours. Without them availability is 90 %; the target is 99.9 %.',
      },
    ]);
    expect(toItems({ overview: of(900, 98) })[0]).toMatchObject({
      tone: 'warn',
      detail:
        'Over 24 hours; 2 had no answer in time. Without them availability is 90 %; the target is 99.9 %.',
    });
    expect(toItems({ overview: of(900, 60) })[0]).toMatchObject({
      tone: 'bad',
      title: 'Availability is 90 %',
      detail:
        'Over 24 hours 40 of 1,000 jobs had no answer in time, 60 more only one by local; the target is 99.9 %.',
    });
  });

  it('is patient with a few, as the alert is', () => {
    expect(toIds({ overview: of(996) })).toEqual([]);
    expect(toIds({ overview: of(995) })).toEqual(['availability']);
  });
});

import { describe, expect, it } from 'vitest';
import { alertData } from '@understudy/shared/contracts/alert';
import type { HealthStatus } from '@understudy/shared/contracts/provider';
import type { AlertFacts, KnownProvider } from './facts.ts';
import type { Reading, ToldCauses } from './reading.ts';
import { toReadings } from './to-readings.ts';

const NOW = Date.parse('2026-11-04T12:00:00Z');
const ago = (ms: number) => new Date(NOW - ms);
const provider = (overrides: Partial<KnownProvider> = {}): KnownProvider => ({
  _id: 'prv_1',
  name: 'main',
  type: 'openai',
  enabled: true,
  flagged: null,
  configuration: { model: 'm', monthlyBudgetUsd: 10 } as KnownProvider['configuration'],
  updatedAt: ago(3_600_000),
  ...overrides,
});
const healthOf = (status: HealthStatus, { _id = 'prv_1', checkedAt = ago(1_000) } = {}) => ({
  _id,
  status,
  responseTimeMs: 12,
  errorMessage: 'connection refused.',
  checkedAt,
  dissent: null,
});
const facts = (overrides: Partial<AlertFacts> = {}): AlertFacts => ({
  nowMs: NOW,
  providers: [provider()],
  health: new Map(),
  budgets: [],
  availability: [],
  availabilityTargetMs: 30_000,
  oldestWaiting: null,
  waiting: 0,
  disabledWebhooks: [],
  ...overrides,
});
const FLAGGED = { reason: 'unauthenticated' as const, at: ago(5_000), message: 'Incorrect API key.' };
const NOTHING: ToldCauses = new Map();
const told = (id: string, cause: string) => new Map([[id, { cause, beganAt: ago(720_000) }]]);

function read(id: string, overrides: Partial<AlertFacts>, known = NOTHING): Reading {
  const reading = toReadings(facts(overrides), known).find((one) => one.id === id);
  if (!reading) throw new Error(`There is no reading of ${id}`);
  if (reading.words) {
    const { type, data } = reading.words;
    alertData[type].parse({ ...data, url: 'https://understudy.test' });
  }
  return reading;
}
const summaryOf = ({ words }: Reading) => words?.data.summary;

describe('a provider', () => {
  const down = (overrides: Partial<KnownProvider> = {}, health = healthOf('down')) =>
    read('down/prv_1', { providers: [provider(overrides)], health: new Map([['prv_1', health]]) });

  it('that is down is told with why, and who is left', () => {
    expect(summaryOf(down())).toBe(
      'The provider main is down: connection refused. No other provider is left.',
    );
    const others = ['prv_2', 'prv_3', 'prv_4'].map((_id) => provider({ _id }));
    const unused = [provider({ _id: 'prv_5', type: 'local' }), provider({ _id: 'prv_6', flagged: FLAGGED })];
    const providers = [provider(), ...others, ...unused];
    const health = new Map(
      [healthOf('down'), healthOf('down', { _id: 'prv_4' })].map((one) => [one._id, one]),
    );
    expect(summaryOf(read('down/prv_1', { providers, health }))).toContain('2 other providers are left.');
  });

  it.each([
    ['is healthy', {}, healthOf('healthy'), null],
    ['is disabled', { enabled: false }, healthOf('down'), null],
    ['was never checked', {}, healthOf('unknown'), undefined],
    ['was not checked since it was changed', { updatedAt: ago(500) }, healthOf('down'), undefined],
  ])('that %s is not down', (_, overrides, health, cause) => {
    expect(down(overrides, health).cause).toBe(cause);
  });

  it('that answers again says after how long', () => {
    const health = new Map([['prv_1', healthOf('degraded')]]);
    const reading = read('down/prv_1', { health }, told('down/prv_1', 'down'));
    expect(summaryOf(reading)).toBe(
      'The provider main answers again after 12 min, but not well: connection refused.',
    );
  });

  it.each(['healthy', 'degraded'] as const)(
    'that is %s again answers nobody while it is flagged',
    (status) => {
      const health = new Map([['prv_1', healthOf(status)]]);
      const known = told('down/prv_1', 'down');
      const flagged = read('down/prv_1', { health, providers: [provider({ flagged: FLAGGED })] }, known);
      expect(flagged).toMatchObject({ cause: undefined, words: null });
      const unflagged = read('down/prv_1', { health }, known);
      expect(unflagged).toMatchObject({ cause: null, words: { type: 'provider.recovered' } });
    },
  );

  it('has another cause with each flag', () => {
    const first = read('flagged/prv_1', { providers: [provider({ flagged: FLAGGED })] });
    expect(summaryOf(first)).toBe(
      'The provider main gets no more calls: it does not accept its key. It said: Incorrect API key.',
    );
    const again = { ...FLAGGED, at: ago(1_000) };
    expect(read('flagged/prv_1', { providers: [provider({ flagged: again })] }).cause).not.toBe(first.cause);
  });
});

describe('a budget', () => {
  const spend = (spentUsd: number, { limitUsd = 10, month = '2026-11', isExhausted = false } = {}) => ({
    budgets: [{ provider: provider(), month, limitUsd, spentNanoUsd: spentUsd * 1e9, isExhausted }],
  });
  const marks = (given: Partial<AlertFacts>, known = NOTHING) =>
    [80, 100].filter((mark) => read(`budget/prv_1/${mark}`, given, known).cause !== null);

  it.each([
    [7.99, []],
    [8, [80]],
    [9.99, [80]],
    [10, [80, 100]],
  ])('of $10 of which $%d is spent is at %j', (spent, reached) => {
    expect(marks(spend(spent))).toEqual(reached);
  });

  it('counts as spent where no further call fits into it', () => {
    expect(marks(spend(9.5, { isExhausted: true }))).toEqual([80, 100]);
  });

  it('is told with what is spent of what', () => {
    expect(summaryOf(read('budget/prv_1/80', spend(8.1234)))).toBe(
      'The provider main has spent $8.1234 of its $10.00 budget for 2026-11 (81 %).',
    );
    expect(summaryOf(read('budget/prv_1/100', spend(10)))).toMatch(/gets no more calls/);
  });

  it('tells only that it is spent where it passes both marks at once', () => {
    expect(read('budget/prv_1/80', spend(10))).toMatchObject({ cause: '2026-11 10', words: null });
  });

  it('stays told where a correction takes it back, and not where the month or the limit is another', () => {
    const known = told('budget/prv_1/80', '2026-11 10');
    expect(marks(spend(7), known)).toEqual([80]);
    expect(marks(spend(7, { limitUsd: 20 }), known)).toEqual([]);
    expect(marks(spend(0, { month: '2026-12' }), known)).toEqual([]);
  });
});

describe('availability', () => {
  const given = (accepted: number, answered: number, degraded = 0) => ({
    availability: [
      {
        window: '1h' as const,
        accepted,
        answered,
        degraded,
        ratio: null,
        ratioWithDegraded: null,
        target: 0.999,
      },
    ],
  });
  const isBreached = (facts: Partial<AlertFacts>, known = NOTHING) =>
    read('availability/1h', facts, known).cause !== null;

  it.each([
    [0, 0, false],
    [4, 0, false],
    [5, 0, true],
    [1_000, 995, true],
    [5_000, 4_996, false],
    [10_000, 9_990, false],
    [10_000, 9_989, true],
  ])('of %d jobs of which %d were answered in time is breached: %s', (accepted, answered, breached) => {
    expect(isBreached(given(accepted, answered))).toBe(breached);
  });

  it('is told with the figures', () => {
    expect(summaryOf(read('availability/1h', given(1_000, 982)))).toBe(
      'Availability over the last hour is 98.2 %, under its target of 99.9 %: 18 of 1,000 jobs had no full answer within 30 s.',
    );
  });

  it('is well again only when half of what may be missed is missed', () => {
    const known = told('availability/1h', 'breached');
    expect(isBreached(given(10_000, 9_992), known)).toBe(true);
    expect(isBreached(given(10_000, 9_995), known)).toBe(false);
  });

  it('counts what only local answered as missed', () => {
    expect(isBreached(given(10, 0, 10))).toBe(true);
  });
});

it('tells how long the oldest job waits, and how many do', () => {
  const oldestWaiting = { jobId: 'job_1', since: ago(372_000) };
  expect(summaryOf(read('stalled/queue', { oldestWaiting, waiting: 1_203 }))).toBe(
    'The oldest waiting job has waited for 6 min; 1,203 jobs wait in all.',
  );
});

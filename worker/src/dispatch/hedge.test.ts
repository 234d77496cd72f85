import * as fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { logNormal, simulate, type Simulation, useSimulatedTime } from '../testing/dispatch-simulation.ts';

useSimulatedTime();

const SPARE_MS = 400;
const spare = () => SPARE_MS;
const never = () => null;

/** The hedges in each minute that ends with one, and what their share of `main`'s calls allows, to within a second. */
function toShares({ attempts }: Simulation) {
  const hedges = attempts.filter(({ hedge }) => hedge);
  const calls = attempts.filter(({ provider }) => provider === 'main');
  return hedges.map(({ startedMs: endMs }) => {
    const countOver = (started: typeof attempts, spanMs: number) =>
      started.filter(({ startedMs }) => startedMs > endMs - spanMs && startedMs <= endMs).length;
    return { taken: countOver(hedges, 59_000), allowed: Math.max(1, 0.1 * countOver(calls, 61_000)) };
  });
}

const toWorstMs = ({ jobs }: Simulation) => Math.max(...jobs.map(({ tookMs }) => tookMs));
const countAnswered = ({ jobs }: Simulation) => jobs.filter(({ end }) => end.kind === 'succeeded').length;

describe('a healthy provider that is slow by nature, beside a quick one', () => {
  it.each([
    { medianMs: 1_500, p95Ms: 4_000, rate: 0.2, jobs: 500 },
    { medianMs: 1_500, p95Ms: 4_000, rate: 2, jobs: 2_000 },
    { medianMs: 1_500, p95Ms: 4_000, rate: 10, jobs: 2_000 },
    { medianMs: 3_500, p95Ms: 6_800, rate: 0.2, jobs: 500 },
    { medianMs: 3_500, p95Ms: 6_800, rate: 2, jobs: 2_000 },
    { medianMs: 3_500, p95Ms: 6_800, rate: 10, jobs: 2_000 },
  ])(
    'is hedged within the share and keeps its circuit (median $medianMs ms, p95 $p95Ms ms, $rate jobs a second)',
    async ({ medianMs, p95Ms, rate, jobs }) => {
      for (const seed of [1, 2]) {
        const providers = { main: logNormal(medianMs, p95Ms), spare };
        const simulation = await simulate({ seed, jobs, rate, providers });
        expect(simulation.opened).toEqual([]);
        expect(countAnswered(simulation)).toBe(jobs);
        expect(toWorstMs(simulation)).toBeLessThan(5_000);
        const shares = toShares(simulation);
        expect(shares.length).toBeGreaterThan(0);
        expect(shares.filter(({ taken, allowed }) => taken > allowed)).toEqual([]);
      }
    },
    60_000,
  );
});

describe('a silent provider', () => {
  it('costs H at first, at most 4 s beyond the share of hedges, and opens its circuit', async () => {
    const simulation = await simulate({ seed: 1, jobs: 100, rate: 1, providers: { main: never, spare } });
    const [first] = simulation.jobs;
    expect(Math.round(first?.tookMs ?? 0)).toBe(2_500 + SPARE_MS);
    expect(toWorstMs(simulation)).toBeLessThanOrEqual(4_000 + SPARE_MS + 1);
    expect(countAnswered(simulation)).toBe(100);
    expect(simulation.opened[0]?.provider).toBe('main');
    const jumped = simulation.jobs.filter(({ attempts }) => attempts.length === 1);
    expect(jumped.length).toBeGreaterThan(0);
    expect(jumped.every(({ tookMs }) => Math.round(tookMs) === SPARE_MS)).toBe(true);
  });

  it('costs little once it is known to be quick, and opens its circuit within a few calls', async () => {
    let calls = 0;
    const main = () => ((calls += 1) <= 50 ? 100 : null);
    const simulation = await simulate({ seed: 1, jobs: 100, rate: 0.2, providers: { main, spare } });
    const [opened] = simulation.opened;
    const { jobs } = simulation;
    const before = jobs.filter(({ startedMs }) => startedMs < (opened?.atMs ?? 0));
    expect(toWorstMs({ ...simulation, jobs: before })).toBeLessThanOrEqual(250 + SPARE_MS + 1);
    // What it needed before its outage is not asked of a probe.
    expect(toWorstMs(simulation)).toBeLessThanOrEqual(4_000 + SPARE_MS + 1);
    const failed = simulation.attempts.filter(
      ({ provider, outcome, startedMs }) =>
        provider === 'main' && outcome !== 'succeeded' && startedMs < (opened?.atMs ?? 0),
    );
    // Half of the last half minute's calls must have failed, and at least five.
    expect(failed.length).toBeGreaterThanOrEqual(5);
    expect(failed.length).toBeLessThanOrEqual(8);
  });

  it('is one of several: each costs its own wait', async () => {
    const providers = { main: never, second: never, spare };
    const simulation = await simulate({ seed: 1, jobs: 1, rate: 1, providers });
    expect(simulation.jobs).toMatchObject([{ end: { kind: 'succeeded', provider: { name: 'spare' } } }]);
    expect(simulation.failovers.map(({ from, to, hedge }) => [from.name, to?.name, hedge])).toEqual([
      ['main', 'second', true],
      ['second', 'spare', true],
    ]);
  });

  it('costs no less than its own wait where the one before it fails by itself', async () => {
    const providers = { main: never, second: never, third: never, spare };
    const settings = { hedgeMaxShare: 1 };
    const simulation = await simulate({ seed: 1, jobs: 1, rate: 1, providers, settings, timeoutMs: 4_000 });
    const { jobs, attempts } = simulation;
    const starts = attempts.map(({ startedMs }) => startedMs - (jobs[0]?.startedMs ?? 0));
    expect(starts.toSorted((a, b) => a - b)).toEqual([0, 2_500, 5_000, 7_500]);
  });

  it('is looked after once, not all the time, while its call takes a while to end', async () => {
    const setTimer = vi.fn<typeof setTimeout>(setTimeout);
    vi.stubGlobal('setTimeout', setTimer);
    const providers = { main: never, second: never, spare };
    const simulation = await simulate({ seed: 1, jobs: 1, rate: 1, providers, endsAfterMs: 150 });
    expect(simulation.jobs).toMatchObject([{ end: { kind: 'succeeded', provider: { name: 'spare' } } }]);
    const looks = setTimer.mock.calls.filter(([, ms]) => ms === 0);
    expect(looks.length).toBeLessThan(5);
    const [, , third] = simulation.attempts.map(({ startedMs }) => startedMs).toSorted((a, b) => a - b);
    expect((third ?? 0) - (simulation.jobs[0]?.startedMs ?? 0)).toBe(5_150);
  });

  it('is waited for as long as it may take where nobody else is there', async () => {
    const simulation = await simulate({ seed: 1, jobs: 1, rate: 1, providers: { main: never } });
    expect(simulation.attempts).toMatchObject([{ outcome: 'failed', fault: 'silent', durationMs: 10_000 }]);
  });
});

it('never lets a call run past the deadline of its job, whatever is configured', async () => {
  const durations = fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 15_000 }));
  const setting = fc.record({
    seed: fc.nat(),
    deadlineMs: fc.integer({ min: 1_000, max: 20_000 }),
    timeoutMs: fc.integer({ min: 500, max: 30_000 }),
    dispatchBudgetMs: fc.integer({ min: 1_000, max: 60_000 }),
    hedgeAfterMs: fc.integer({ min: 50, max: 60_000 }),
    hedgeMaxMs: fc.integer({ min: 250, max: 60_000 }),
    hedgeMaxShare: fc.constantFrom(0, 0.1, 1),
    durations: fc.array(durations, { minLength: 1, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(setting, async ({ seed, deadlineMs, timeoutMs, durations: each, ...settings }) => {
      const providers = Object.fromEntries(each.map((durationMs, index) => [`p${index}`, () => durationMs]));
      const simulation = await simulate({
        seed,
        jobs: 3,
        rate: 1,
        providers,
        settings,
        deadlineMs,
        timeoutMs,
      });
      expect(simulation.jobs).toHaveLength(3);
      for (const { tookMs, attempts } of simulation.jobs) {
        expect(tookMs).toBeLessThanOrEqual(Math.min(deadlineMs, settings.dispatchBudgetMs) + 250);
        expect(attempts.every(({ durationMs }) => durationMs <= timeoutMs + 1)).toBe(true);
      }
      expect(vi.getTimerCount()).toBe(0);
    }),
    { numRuns: 200 },
  );
});

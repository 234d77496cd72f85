import { describe, expect, it } from 'vitest';
import { simulate, type Simulation, useSimulatedTime } from '../testing/dispatch-simulation.ts';

useSimulatedTime();

const after = (ms: number) => () => ms;
const never = () => null;
const toOpened = ({ opened }: Simulation) => [...new Set(opened.map(({ provider }) => provider))];

describe('time that a job or its dispatch did not leave', () => {
  it('is not held against a provider: its circuit stays closed for those with more of it', async () => {
    const simulation = await simulate({
      seed: 1,
      jobs: 40,
      rate: 5,
      providers: { main: after(1_500) },
      deadlineMs: (index) => (index < 20 ? 1_000 : 60_000),
    });
    expect(simulation.opened).toEqual([]);
    expect(simulation.jobs.filter(({ end }) => end.kind === 'succeeded')).toHaveLength(20);
  });

  it.each([{ deadlineMs: 1_000 }, { settings: { dispatchBudgetMs: 1_000 } }])(
    'is not held against whoever takes over with a moment left (%j)',
    async (bounds) => {
      const providers = { main: never, spare: after(600) };
      const simulation = await simulate({ seed: 1, jobs: 60, rate: 2, providers, ...bounds });
      expect(simulation.attempts.filter(({ provider }) => provider === 'spare')).toHaveLength(60);
      expect(toOpened(simulation)).toEqual([]);
    },
  );

  it('says that a provider is late where it would have been done long ago', async () => {
    let calls = 0;
    const main = () => ((calls += 1) <= 30 ? 100 : null);
    const providers = { main };
    const simulation = await simulate({ seed: 1, jobs: 60, rate: 2, providers, deadlineMs: 1_000 });
    expect(toOpened(simulation)).toEqual(['main']);
  });
});

describe('a job or a dispatch with little time', () => {
  it.each([
    { deadlineMs: 1_500 },
    { deadlineMs: 2_000 },
    { deadlineMs: 2_600 },
    { deadlineMs: 4_000 },
    { settings: { dispatchBudgetMs: 1_000 } },
    { settings: { dispatchBudgetMs: 2_500 } },
  ])('has half of it for whoever takes over from a silent provider (%j)', async (bounds) => {
    for (const hedgeMaxShare of [0, 0.1]) {
      const settings = { hedgeMaxShare, ...bounds.settings };
      const providers = { main: never, spare: after(400) };
      const simulation = await simulate({ seed: 1, jobs: 60, rate: 2, providers, ...bounds, settings });
      expect(simulation.jobs.filter(({ end }) => end.kind !== 'succeeded')).toEqual([]);
      // What could not be waited for is no failure of its own.
      expect(toOpened(simulation)).not.toContain('spare');
    }
  });

  it('halves what is left with each that is silent', async () => {
    const providers = { main: never, second: never, spare: after(400) };
    const simulation = await simulate({ seed: 1, jobs: 1, rate: 1, providers, deadlineMs: 4_000 });
    const [main, second, spare] = simulation.attempts
      .toSorted((a, b) => a.startedMs - b.startedMs)
      .map(({ startedMs }) => startedMs);
    // To within the tick of a timer.
    const toWaitMs = (startedMs = 0) => Math.round((startedMs - (main ?? 0)) / 10) * 10;
    expect([toWaitMs(second), toWaitMs(spare)]).toEqual([2_000, 3_000]);
  });
});

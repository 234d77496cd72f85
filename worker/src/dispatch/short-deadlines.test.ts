import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { simulate, type Simulation } from '../testing/dispatch-simulation.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] }));
afterEach(() => void vi.useRealTimers());

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

  it.each([{ deadlineMs: 4_300 }, { settings: { dispatchBudgetMs: 4_300 } }])(
    'is not held against whoever takes over with a moment left (%j)',
    async (bounds) => {
      const providers = { main: never, spare: after(400) };
      const simulation = await simulate({ seed: 1, jobs: 60, rate: 2, providers, ...bounds });
      expect(toOpened(simulation)).toEqual(['main']);
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

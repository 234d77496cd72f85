import { expect, it } from 'vitest';
import { simulate, useSimulatedTime } from '../testing/dispatch-simulation.ts';
import { BEGIN_SLACK_MS } from './deadline.ts';
import { LEASE_SLACK_MS } from './fleet/to-limits.ts';

useSimulatedTime();

const TIMEOUT_MS = 10_000;
/** How long a call may take to end once its time is up. */
const OVERRUN_MS = 250;
const run = (beginsAfterMs: number, main: () => number | null) =>
  simulate({ seed: 1, jobs: 20, rate: 1, providers: { main }, timeoutMs: TIMEOUT_MS, beginsAfterMs });

it.each([0, 100, 2_500, 9_000, 11_900, 15_000])(
  'has every call over by its limit, and in its place, where the ledger takes %i ms to begin it',
  async (beginsAfterMs) => {
    const { attempts } = await run(beginsAfterMs, () => null);
    expect(attempts.length).toBeGreaterThan(0);
    for (const { startedMs, limitAtMs, settledAtMs } of attempts) {
      // One that comes too late to be called ends as soon as it is on record.
      const overMs = Math.max(limitAtMs, startedMs + beginsAfterMs);
      expect(settledAtMs).toBeLessThanOrEqual(overMs + OVERRUN_MS);
      expect(limitAtMs + OVERRUN_MS).toBeLessThan(startedMs + TIMEOUT_MS + LEASE_SLACK_MS);
    }
  },
);

it('leaves a call all its time where the ledger is only a little slow', async () => {
  const { jobs } = await run(BEGIN_SLACK_MS, () => TIMEOUT_MS - 100);
  expect(jobs.filter(({ end }) => end.kind !== 'succeeded')).toEqual([]);
});

it('holds nothing against a provider for time that the ledger took from its call', async () => {
  const { opened, attempts } = await run(11_500, () => 1_000);
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['failed']));
  expect(opened).toEqual([]);
});

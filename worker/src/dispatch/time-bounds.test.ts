import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { systemClock } from '@understudy/shared/runtime/clock';
import { requestOf } from '../llm/testing/sample-request.ts';
import { answer, createFakeProvider, fail, stayAway, type Behaviour } from '../testing/fake-adapter.ts';
import { callAdapter } from './call-adapter.ts';
import { toAttemptLimitMs } from './deadline.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const OVERRUN_MS = 250;
/** It hears of the end of its time, and does not care. */
const overstay: Behaviour = () => new Promise(() => {});
const after =
  (ms: number, behaviour: Behaviour): Behaviour =>
  async (...call) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return behaviour(...call);
  };

const anyBehaviour = fc.oneof(
  fc.constant(stayAway),
  fc.constant(overstay),
  fc.nat(20_000).map((ms) => after(ms, answer())),
  fc.nat(20_000).map((ms) => after(ms, fail('server_error'))),
);
const anySettings = fc.record({
  deadlineMs: fc.integer({ min: 1_000, max: 60_000 }),
  dispatchBudgetMs: fc.integer({ min: 1_000, max: 60_000 }),
  /** How old the job is when its dispatch begins. */
  ageMs: fc.nat(70_000),
  providers: fc.array(
    fc.record({ timeoutMs: fc.integer({ min: 250, max: 60_000 }), behaviour: anyBehaviour }),
    { minLength: 1, maxLength: 5 },
  ),
});
type Settings = typeof anySettings extends fc.Arbitrary<infer T> ? T : never;

/** One provider after the other, as long as there is time. @returns how late each call ended, against the deadline. */
async function callAll({ deadlineMs, dispatchBudgetMs, ageMs, providers }: Settings): Promise<number[]> {
  const now = systemClock.monotonic();
  const budget = { dispatchEndsAt: now + dispatchBudgetMs, jobEndsAt: now - ageMs + deadlineMs };
  const lateness: number[] = [];
  for (const { timeoutMs, behaviour } of providers) {
    const limitMs = toAttemptLimitMs(budget, systemClock.monotonic(), timeoutMs);
    if (limitMs === null) continue;
    const provider = createFakeProvider();
    provider.will(behaviour);
    const adapter = provider.createAdapter('m');
    await callAdapter({ adapter, request: requestOf(), limitMs, signal: new AbortController().signal });
    lateness.push(systemClock.monotonic() - budget.jobEndsAt);
  }
  return lateness;
}

it('lets no call run past the deadline by more than 250 ms, whatever the settings and the providers', async () => {
  await fc.assert(
    fc.asyncProperty(anySettings, async (settings) => {
      const calling = callAll(settings);
      await vi.runAllTimersAsync();
      const lateness = await calling;
      expect(Math.max(...lateness, Number.NEGATIVE_INFINITY)).toBeLessThanOrEqual(OVERRUN_MS);
    }),
    { numRuns: 300 },
  );
});

import { describe, expect, it } from 'vitest';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { CircuitState } from '@understudy/shared/contracts/provider';
import type { BreakerOutcome } from '../faults.ts';

type Awaitable<T> = T | Promise<T>;
type AnyEntry =
  | { admitted: true; settle(outcome: BreakerOutcome): Awaitable<void> }
  | { admitted: false; untilMs: number | null };

/** A breaker under test: in this process, or (then everything is a promise) over the fleet. */
export interface BreakerUnderTest {
  state(): Awaitable<CircuitState>;
  enter(leaseMs: number): Awaitable<AnyEntry>;
  reset(): Awaitable<void>;
  /** Lets time pass for this breaker. */
  advance(ms: number): Awaitable<void>;
}

export const CONTRACT_SETTINGS: DispatchConfig['breaker'] = {
  failureThreshold: 5,
  failureRatio: 0.5,
  windowMs: 30_000,
  openMs: 10_000,
  rampMs: 0,
  invalidOutputThreshold: 3,
};
const LEASE_MS = 6_000;

/** What every breaker must do, whatever keeps its state. */
export function describeBreaker(name: string, create: () => Awaitable<BreakerUnderTest>): void {
  describe(`the contract of a breaker: ${name}`, () => {
    specifyOpening(create);
    specifyProbing(create);
    specifyClosing(create);
  });
}

async function setup(create: () => Awaitable<BreakerUnderTest>) {
  const breaker = await create();
  async function enter() {
    const entry = await breaker.enter(LEASE_MS);
    if (!entry.admitted) throw new Error('The breaker refused a call that it should admit');
    return entry;
  }
  async function call(outcome: BreakerOutcome, times = 1) {
    for (let index = 0; index < times; index += 1) await (await enter()).settle(outcome);
  }
  const isRefused = async () => !(await breaker.enter(LEASE_MS)).admitted;
  const open = () => call('bad', CONTRACT_SETTINGS.failureThreshold);
  async function openUntilDue() {
    await open();
    await breaker.advance(CONTRACT_SETTINGS.openMs);
  }
  return { breaker, enter, call, isRefused, open, openUntilDue };
}

function specifyOpening(create: () => Awaitable<BreakerUnderTest>) {
  it('opens at the threshold of failures and refuses until it may be tried again', async () => {
    const { breaker, call, isRefused } = await setup(create);
    await call('bad', 4);
    expect(await breaker.state()).toBe('closed');
    await call('bad');
    expect(await breaker.state()).toBe('open');
    expect(await breaker.enter(LEASE_MS)).toMatchObject({ admitted: false, untilMs: expect.any(Number) });
    await breaker.advance(CONTRACT_SETTINGS.openMs - 1);
    expect(await isRefused()).toBe(true);
  });

  it('stays closed while failures are fewer than their ratio of the calls', async () => {
    const { breaker, call } = await setup(create);
    await call('good', 6);
    await call('bad', 5);
    expect(await breaker.state()).toBe('closed');
    await call('bad');
    expect(await breaker.state()).toBe('open');
  });

  it('forgets failures that left the window', async () => {
    const { breaker, call } = await setup(create);
    await call('bad', 4);
    await breaker.advance(CONTRACT_SETTINGS.windowMs + 1_000);
    await call('bad', 4);
    expect(await breaker.state()).toBe('closed');
  });

  it('counts failures of calls that run side by side', async () => {
    const { breaker, enter } = await setup(create);
    const entries = await Promise.all(Array.from({ length: 5 }, enter));
    await Promise.all(entries.map((entry) => entry.settle('bad')));
    expect(await breaker.state()).toBe('open');
  });

  it('counts invalid output apart', async () => {
    const { breaker, call } = await setup(create);
    await call('invalid', 2);
    await call('bad', 2);
    expect(await breaker.state()).toBe('closed');
    await call('invalid');
    expect(await breaker.state()).toBe('open');
  });

  it('takes three times as many slow calls in a row, for they say less', async () => {
    const { breaker, call } = await setup(create);
    await call('slow', 14);
    await call('good');
    await call('slow', 14);
    expect(await breaker.state()).toBe('closed');
    await call('slow');
    expect(await breaker.state()).toBe('open');
  });

  it('opens at once for what only an operator can mend', async () => {
    const { breaker, call } = await setup(create);
    await call('good', 100);
    await call('opens');
    expect(await breaker.state()).toBe('open');
  });

  it('neither opens nor dilutes the ratio by neutral outcomes', async () => {
    const { breaker, call } = await setup(create);
    await call('neutral', 100);
    await call('bad', 5);
    expect(await breaker.state()).toBe('open');
  });
}

function specifyProbing(create: () => Awaitable<BreakerUnderTest>) {
  it('grants one probe when it is half-open, and closes when it was good', async () => {
    const { breaker, enter, isRefused, openUntilDue } = await setup(create);
    await openUntilDue();
    const probe = await enter();
    expect(await breaker.state()).toBe('half-open');
    expect(await isRefused()).toBe(true);
    await probe.settle('good');
    expect(await breaker.state()).toBe('closed');
    expect(await isRefused()).toBe(false);
  });

  it.each(['bad', 'slow', 'invalid', 'opens'] as const)(
    'opens again when the probe ended %s',
    async (outcome) => {
      const { breaker, call, isRefused, openUntilDue } = await setup(create);
      await openUntilDue();
      await call(outcome);
      expect(await breaker.state()).toBe('open');
      await breaker.advance(CONTRACT_SETTINGS.openMs - 1);
      expect(await isRefused()).toBe(true);
      await breaker.advance(1);
      expect(await isRefused()).toBe(false);
    },
  );

  it('gives the probe back when it ended neutral', async () => {
    const { breaker, call, openUntilDue } = await setup(create);
    await openUntilDue();
    await call('neutral');
    expect(await breaker.state()).toBe('half-open');
    await call('good');
    expect(await breaker.state()).toBe('closed');
  });

  it('grants another probe when the first never came back, whose late outcome says nothing', async () => {
    const { breaker, enter, openUntilDue } = await setup(create);
    await openUntilDue();
    const lost = await enter();
    await breaker.advance(LEASE_MS);
    const probe = await enter();
    await lost.settle('good');
    expect(await breaker.state()).toBe('half-open');
    await probe.settle('good');
    expect(await breaker.state()).toBe('closed');
  });

  it.each(['good', 'bad', 'neutral', 'opens'] as const)(
    'is not moved by a call from before the outage that ends %s while it is half-open',
    async (outcome) => {
      const { breaker, enter, isRefused, openUntilDue } = await setup(create);
      const old = await enter();
      await openUntilDue();
      const probe = await enter();
      await old.settle(outcome);
      expect(await breaker.state()).toBe('half-open');
      expect(await isRefused()).toBe(true);
      await probe.settle('good');
      expect(await breaker.state()).toBe('closed');
    },
  );
}

function specifyClosing(create: () => Awaitable<BreakerUnderTest>) {
  it('starts counting anew after it closed', async () => {
    const { breaker, call, openUntilDue } = await setup(create);
    await openUntilDue();
    await call('good');
    await call('bad', 4);
    expect(await breaker.state()).toBe('closed');
  });

  it('does not count what calls from before the outage came to', async () => {
    const { breaker, enter, call, openUntilDue } = await setup(create);
    const old = await Promise.all(Array.from({ length: 4 }, enter));
    await openUntilDue();
    await call('good');
    for (const entry of old) await entry.settle('bad');
    await call('bad', 4);
    expect(await breaker.state()).toBe('closed');
  });

  it('closes and forgets when it is reset', async () => {
    const { breaker, call, open } = await setup(create);
    await open();
    await breaker.reset();
    expect(await breaker.state()).toBe('closed');
    await call('bad', 4);
    expect(await breaker.state()).toBe('closed');
  });
}

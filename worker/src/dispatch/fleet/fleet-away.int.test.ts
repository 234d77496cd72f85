import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import type { FleetBed } from '../../testing/fleet-bed.ts';
import type { FleetAdmission } from './fleet-admission.ts';
import {
  countAdmitted,
  end,
  later,
  releaseAll,
  setUpCalls,
  toCall,
  toReasons,
  type FleetCalls,
} from '../../testing/fleet-calls.ts';

let bed: RedisBed;
let fleet: FleetBed;
beforeAll(async () => {
  bed = await createRedisBed();
});
afterEach(() => fleet.close());
afterAll(() => bed.close());

async function setup(calls?: FleetCalls) {
  const made = await setUpCalls(bed, calls);
  fleet = made.fleet;
  return made;
}

describe('with Redis away', () => {
  it('each process keeps to its share of the limits, under the circuits that it knew', async () => {
    const { pooled, admissions, at, admit, rushOn } = await setup({ rateLimit: 40, processes: 4 });
    for (const admission of admissions) await admission.start();
    const lone = at(3);
    const askAlone = (count: number) => rushOn(lone, count);
    await eventually(async () => (await bed.redis.zcard(`${fleet.prefix}:fleet:workers`)) === 4);
    await lone.beat();
    await fleet.cutOff(lone);
    const asked = await askAlone(64);
    expect(countAdmitted(asked)).toBe(4);
    expect(toReasons(asked)).toEqual(new Set(['concurrency']));
    await releaseAll(asked);
    await releaseAll(await askAlone(4));
    expect(toReasons(await askAlone(3))).toEqual(new Set(['rate_limit']));

    await (await admit(0)).release(end({ breaker: 'opens' }));
    await fleet.reconnect(lone);
    expect(await lone.admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
    await fleet.cutOff(lone);
    expect(await lone.admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
  });

  it('opens a circuit of its own, which is the fleet’s again once Redis is back', async () => {
    const { pooled, at } = await setup();
    const [lone, other] = [at(0), at(1)];
    await fleet.cutOff(lone);
    const admittance = await lone.admit(pooled, toCall());
    if (admittance.admitted) await admittance.release(end({ breaker: 'opens' }));
    expect(await lone.admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
    expect(await other.admit(pooled, toCall())).toMatchObject({ admitted: true });
    await fleet.reconnect(lone);
    expect(await lone.admit(pooled, toCall())).toMatchObject({ admitted: true });
  });

  it.each([
    [
      'answers late',
      (lone: FleetAdmission) => {
        fleet.freeze(lone);
        const timer = setTimeout(() => fleet.thaw(lone), 600);
        onTestFinished(() => clearTimeout(timer));
      },
    ],
    [
      'takes no writes',
      (lone: FleetAdmission) => {
        const misconfigured = new Error('MISCONF Redis is configured to save RDB snapshots');
        vi.spyOn(fleet.connection(lone), 'set').mockRejectedValue(misconfigured);
      },
    ],
  ])('keeps to a circuit of its own while Redis %s', async (_, ail) => {
    const { pooled, at } = await setup();
    const lone = at(0);
    await fleet.cutOff(lone);
    const admittance = await lone.admit(pooled, toCall());
    if (admittance.admitted) await admittance.release(end({ breaker: 'opens' }));
    await fleet.connection(lone).connect();
    ail(lone);
    await lone.refresh();
    expect(await lone.admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
    fleet.thaw(lone);
    vi.restoreAllMocks();
    await eventually(async () => {
      await lone.refresh();
      expect(await lone.admit(pooled, toCall())).toMatchObject({ admitted: true });
    });
  });

  it('gives back what was taken for those who waited in vain, when their calls are over', async () => {
    const { pooled, rush, rushOn, at } = await setup({ processes: 2, configuration: { maxConcurrency: 4 } });
    await Promise.all([at(0).beat(), at(1).beat()]);
    await at(0).beat();
    fleet.freeze(at(0));
    const asked = await rushOn(at(0), 16);
    // Its share of the limit is two, and four places are taken where nobody hears of it.
    expect(countAdmitted(asked)).toBe(2);
    expect(await at(1).admit(pooled, toCall())).toMatchObject({ reason: 'concurrency' });
    fleet.thaw(at(0));
    await at(0).refresh();
    const [first, second, third] = await Promise.all([1, 2, 3].map(() => at(1).admit(pooled, toCall())));
    expect([first, second, third]).toMatchObject([
      { admitted: true },
      { admitted: true },
      { reason: 'concurrency' },
    ]);
    await releaseAll(asked);
    expect(countAdmitted(await rush(16))).toBe(2);
  });

  it('takes nothing for one who has given up by the time that Redis hears him', async () => {
    const { pooled, at, rushOn } = await setup({
      processes: 2,
      rateLimit: 4,
      configuration: { maxConcurrency: 4 },
    });
    await at(0).refresh();
    fleet.setRedisClock(600);
    await releaseAll(await rushOn(at(0), 16));
    expect(await at(1).readRoom([pooled])).toMatchObject([{ room: 4, allowance: 4, underWay: 0 }]);
  });

  it('remembers which calls ended meanwhile, and what they came to when', async () => {
    const { pooled, admit, at } = await setup({ processes: 2, configuration: { maxConcurrency: 5 } });
    const running = await Promise.all([0, 0, 0, 0, 0].map(admit));
    await fleet.cutOff(at(0));
    for (const one of running) await one.release(end({ breaker: 'bad' }));
    fleet.clock.advance(2_000);
    expect(await at(1).admit(pooled, toCall())).toMatchObject({ reason: 'concurrency' });
    await fleet.reconnect(at(0));
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'open' });
    expect(await at(0).admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
    expect(await at(1).readRoom([pooled])).toMatchObject([{ underWay: 0 }]);
  });

  it('counts nothing of what is no longer news', async () => {
    const { pooled, admit, at } = await setup({ processes: 2 });
    const calls = await Promise.all(Array.from({ length: 6 }, () => admit(0)));
    await fleet.cutOff(at(0));
    for (const one of calls) {
      await one.release(end({ breaker: 'bad', cooldown: { retryAfterMs: 20_000 } }));
    }
    fleet.clock.advance(31_000);
    await fleet.reconnect(at(0));
    const { circuit, cooldownUntil } = await fleet.read(pooled.provider._id);
    expect({ circuit, cooldownUntil }).toEqual({ circuit: 'closed', cooldownUntil: null });
  });

  it('counts an end once, though it was told again because the answer was lost', async () => {
    const { pooled, admit, at, rushOn } = await setup({
      processes: 2,
      configuration: { maxConcurrency: 1_000, tokensPerMinute: 1_000 as never },
    });
    const calls = await Promise.all([0, 0, 0].map(admit));
    fleet.freeze(at(0));
    const cooldown = { retryAfterMs: null };
    await Promise.all(calls.map((one) => one.release(end({ breaker: 'bad', cooldown }))));
    fleet.thaw(at(0));
    await at(0).refresh();
    fleet.clock.advance(5_000);
    const asked = await rushOn(at(1), 64);
    // Three calls used 10 tokens each.
    expect(countAdmitted(asked)).toBe(9);
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed' });
  });

  it('has a provider begin anew as soon as Redis is back', async () => {
    const { pooled, admissions, admit, at } = await setup({ processes: 2 });
    await (await admit(0)).release(end({ breaker: 'opens' }));
    await fleet.cutOff(at(0));
    await at(0).refresh();
    const changed = later(pooled, { resetAt: new Date(fleet.clock.now()) });
    admissions[0]?.sync([changed]);
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'open' });
    await fleet.reconnect(at(0));
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed' });
    expect(await at(0).admit(changed, toCall())).toMatchObject({ admitted: true });
  });

  it('takes nothing at a provider with a budget', async () => {
    const { pooled, at } = await setup({ configuration: { monthlyBudgetUsd: 1_000 as never } });
    await fleet.cutOff(at(0));
    expect(await at(0).admit(pooled, toCall())).toMatchObject({ admitted: false, reason: 'budget' });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import type { PooledProvider } from '../../providers/provider-pool.ts';
import type { FleetBed } from '../../testing/fleet-bed.ts';
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
import type { CallEnd } from '../admission/admission.ts';

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

describe('circuits', () => {
  it('count over the fleet: four processes with four failures each open one', async () => {
    const { pooled, admit } = await setup();
    for (let failure = 0; failure < 4; failure += 1) {
      await (await admit(failure)).release(end({ breaker: 'bad' }));
    }
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed' });
    await (await admit(0)).release(end({ breaker: 'bad' }));
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'open' });
  });

  it('open everywhere at once, and are refused without asking Redis from then on', async () => {
    const { pooled, admissions, admit, at } = await setup();
    for (const admission of admissions) await admission.start();
    await (await admit(0)).release(end({ breaker: 'opens' }));
    const commands = vi.spyOn(fleet.connection(at(3)), 'sendCommand');
    await eventually(async () => {
      const before = commands.mock.calls.length;
      const asked = await at(3).admit(pooled, toCall());
      expect(asked).toMatchObject({ admitted: false, reason: 'circuit_open' });
      expect(commands.mock.calls.length).toBe(before);
    });
  });

  it('grant one probe to all of the fleet', async () => {
    const { pooled, rush } = await setup();
    const [first] = await rush(1);
    if (first?.admitted) await first.release(end({ breaker: 'opens' }));
    fleet.clock.advance(30_000);
    const asked = await rush(64);
    expect(countAdmitted(asked)).toBe(1);
    expect(toReasons(asked)).toEqual(new Set(['circuit_open']));
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'half-open' });
  });

  it('close by a probe that takes as long as a call may, while others ask', async () => {
    const { pooled, admit, at } = await setup({ configuration: { timeoutMs: 60_000 } });
    await (await admit()).release(end({ breaker: 'opens' }));
    fleet.clock.advance(30_000);
    const probe = await at(1).admit(pooled, { ...toCall(), limitMs: 60_000 });
    for (let second = 0; second < 59; second += 1) {
      fleet.clock.advance(1_000);
      expect(await at(2).admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
    }
    if (probe.admitted) await probe.release(end());
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'ramping' });
  });

  it('survive every process', async () => {
    const { pooled, admit } = await setup();
    await (await admit()).release(end({ breaker: 'opens' }));
    const restarted = await fleet.join();
    restarted.sync([pooled]);
    expect(await restarted.admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
  });

  it('survive a process that starts, where the record no longer has that the provider began anew before', async () => {
    const { pooled, admissions, admit } = await setup();
    const changed = later(pooled, { resetAt: new Date(fleet.clock.now()) });
    admissions[0]?.sync([changed]);
    const { _id } = pooled.provider;
    await eventually(async () => expect(await fleet.readField(_id, 'resetAt')).not.toBeNull());
    await bed.redis.del(toCircuitKey(fleet.prefix, _id));
    fleet.clock.advance(1_000);
    const cooldown = { retryAfterMs: 60_000 };
    await (await admit()).release(end({ breaker: 'opens', cooldown }));
    const before = await fleet.read(_id);
    expect(before).toMatchObject({ circuit: 'open', cooldownUntil: expect.any(Number) });
    (await fleet.join()).sync([changed]);
    await eventually(async () => expect(await fleet.readField(_id, 'resetAt')).not.toBeNull());
    expect(await fleet.read(_id)).toEqual(before);
  });

  it('are closed by a process that starts, where the provider began anew while nobody was there', async () => {
    const { pooled, admit } = await setup();
    await (await admit()).release(end({ breaker: 'opens', cooldown: { retryAfterMs: 60_000 } }));
    fleet.clock.advance(1_000);
    (await fleet.join()).sync([later(pooled, { resetAt: new Date(fleet.clock.now()) })]);
    const { _id } = pooled.provider;
    await eventually(async () => expect((await fleet.read(_id)).circuit).toBe('closed'));
    expect(await fleet.read(_id)).toMatchObject({ cooldownUntil: null });
  });

  it('let traffic grow from a tenth to all of it after they closed', async () => {
    const { pooled, rush, admit } = await setup({ configuration: { maxConcurrency: 10_000 } });
    await (await admit()).release(end({ breaker: 'opens' }));
    fleet.clock.advance(30_000);
    await (await admit()).release(end());
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'ramping' });
    const shares: number[] = [];
    for (let second = 0; second < 30; second += 10) {
      shares.push(countAdmitted(await rush(200)) / 200);
      fleet.clock.advance(10_000);
    }
    shares.push(countAdmitted(await rush(200)) / 200);
    expect(shares.map((share) => Math.round(share * 10) / 10)).toEqual([0.1, 0.4, 0.7, 1]);
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed' });
  });

  it('stay as they are for a provider whose configuration changed, and so do cooldowns', async () => {
    const { pooled, admissions, admit } = await setup();
    await (await admit()).release(end({ breaker: 'opens', cooldown: { retryAfterMs: 60_000 } }));
    const before = await fleet.read(pooled.provider._id);
    const configuration = { ...pooled.provider.configuration, weight: 2 };
    const changed = later(pooled, { configuration, revision: 2, updatedAt: new Date(fleet.clock.now()) });
    admissions[0]?.sync([{ ...changed, adapter: { ...pooled.adapter } }]);
    await admissions[0]?.refresh();
    expect(await admissions[0]?.admit(changed, toCall())).toMatchObject({ reason: 'circuit_open' });
    expect(await fleet.read(pooled.provider._id)).toEqual(before);
  });

  it('are closed, once for the fleet, for a provider that begins anew', async () => {
    const { pooled, admissions, admit } = await setup();
    await (await admit()).release(end({ breaker: 'opens', cooldown: { retryAfterMs: 60_000 } }));
    const changed = later(pooled, { resetAt: new Date(fleet.clock.now()) });
    admissions[0]?.sync([changed]);
    const isClosed = async () => (await fleet.read(pooled.provider._id)).circuit === 'closed';
    await eventually(isClosed);
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ cooldownUntil: null });
    const again = await admissions[0]?.admit(changed, toCall());
    if (again?.admitted) await again.release(end({ breaker: 'opens' }));
    // The others learn of the same change only now: the circuit has opened since.
    for (const admission of admissions.slice(1)) admission.sync([changed]);
    expect(await admissions[1]?.admit(changed, toCall())).toMatchObject({ reason: 'circuit_open' });
    expect(await isClosed()).toBe(false);
  });

  it('are not moved by a process that has not yet seen a provider begin anew', async () => {
    const { pooled, admissions, at } = await setup();
    const changed = later(pooled, { resetAt: new Date(fleet.clock.now()) });
    admissions[0]?.sync([changed]);
    await eventually(async () =>
      expect(await fleet.readField(pooled.provider._id, 'resetAt')).not.toBeNull(),
    );
    const call = async (process: number, candidate: PooledProvider, breaker: CallEnd['breaker']) => {
      const admittance = await at(process).admit(candidate, toCall());
      if (admittance.admitted) await admittance.release(end({ breaker, cooldown: { retryAfterMs: 60_000 } }));
    };
    await call(1, pooled, 'opens');
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed', cooldownUntil: null });
    admissions[1]?.sync([changed]);
    await call(1, changed, 'opens');
    expect(await fleet.read(pooled.provider._id)).toMatchObject({
      circuit: 'open',
      openUntil: expect.any(Number),
    });
  });
});

describe('who waits for a place', () => {
  const { signal } = new AbortController();

  /** A process where so many wait, while another has the only places. */
  async function setUpLine({ waiting, places }: { waiting: number; places: number }) {
    const made = await setup({ processes: 2, configuration: { maxConcurrency: places } });
    const { pooled, at, admit } = made;
    const held = await Promise.all(Array.from({ length: places }, () => admit(0)));
    const woken: number[] = [];
    for (let place = 0; place < waiting; place += 1) {
      void at(1)
        .untilReleased([pooled.provider._id], signal)
        .then(() => woken.push(place));
    }
    const commands = vi.spyOn(fleet.connection(at(1)), 'sendCommand');
    const countScripts = () =>
      commands.mock.calls.filter(([{ name }]) => name === 'eval' || name === 'evalsha').length;
    /** Waits until it was looked for a place, and what that found is told. */
    const untilLooked = async () => {
      const before = countScripts();
      await eventually(() => expect(countScripts()).toBeGreaterThan(before + 2));
    };
    await made.admissions[1]?.start();
    return { ...made, held, woken, untilLooked };
  }

  it('is woken by one that another process gives back, in order', async () => {
    const { held, woken, untilLooked } = await setUpLine({ waiting: 3, places: 2 });
    await untilLooked();
    expect(woken).toEqual([]);
    await held[0]?.release(end());
    await eventually(() => expect(woken).toEqual([0]));
  });

  it('is woken as soon as something else than places is short', async () => {
    const { held, woken } = await setUpLine({ waiting: 2, places: 1 });
    await held[0]?.release(end({ breaker: 'opens' }));
    await eventually(() => expect(woken).toEqual([0, 1]));
  });

  it('is woken where the provider is gone', async () => {
    const { admissions, woken } = await setUpLine({ waiting: 2, places: 1 });
    admissions[1]?.sync([]);
    await eventually(() => expect(woken).toEqual([0, 1]));
  });
});

describe('limits are exact over the fleet', () => {
  it('of requests in any minute', async () => {
    const { rush } = await setup({ rateLimit: 40, configuration: { maxConcurrency: 1_000 } });
    expect(countAdmitted(await rush(30))).toBe(30);
    fleet.clock.advance(30_000);
    const second = await rush(64);
    expect(countAdmitted(second)).toBe(10);
    expect(toReasons(second)).toEqual(new Set(['rate_limit']));
    const untilAt = fleet.clock.now() + 30_000;
    expect(second.filter(({ admitted }) => !admitted)).toContainEqual({
      admitted: false,
      reason: 'rate_limit',
      untilAt,
    });
    fleet.clock.advance(30_000);
    expect(countAdmitted(await rush(64))).toBe(30);
  });

  it('of calls at once, and a dead process’s places come back', async () => {
    const { rush } = await setup({ configuration: { maxConcurrency: 16 } });
    const asked = await rush(64);
    expect(countAdmitted(asked)).toBe(16);
    expect(toReasons(asked)).toEqual(new Set(['concurrency']));
    for (const one of asked.slice(0, 3)) if (one.admitted) await one.release(end());
    expect(countAdmitted(await rush(64))).toBe(asked.slice(0, 3).filter(({ admitted }) => admitted).length);
    fleet.clock.advance(6_000);
    expect(countAdmitted(await rush(64))).toBe(16);
  });

  it('of calls at once, which a circuit that is not closed goes before', async () => {
    const { pooled, at, admit } = await setup({ configuration: { maxConcurrency: 1 } });
    await (await admit(0)).release(end({ breaker: 'opens' }));
    fleet.clock.advance(30_000);
    await at(0).refresh();
    await admit(0);
    expect(await at(0).admit(pooled, toCall())).toMatchObject({ reason: 'circuit_open' });
  });

  it('of calls at once, without asking Redis where this process has them all', async () => {
    const { pooled, at, admit } = await setup({ configuration: { maxConcurrency: 2 } });
    const first = await admit(0);
    await admit(0);
    const commands = vi.spyOn(fleet.connection(at(0)), 'sendCommand');
    expect(await at(0).admit(pooled, toCall())).toMatchObject({ reason: 'concurrency', untilAt: null });
    expect(commands).not.toHaveBeenCalled();
    await first.release(end());
    await admit(0);
  });

  it('of tokens a minute, by what was used once that is known', async () => {
    const { rush } = await setup({
      configuration: { maxConcurrency: 1_000, tokensPerMinute: 1_000 as never },
    });
    const asked = await rush(64);
    expect(countAdmitted(asked)).toBe(10);
    expect(toReasons(asked)).toEqual(new Set(['tokens']));
    await releaseAll(asked);
    expect(countAdmitted(await rush(64))).toBe(9);
    fleet.clock.advance(61_000);
    expect(countAdmitted(await rush(64))).toBe(10);
  });

  it('of hedges beside a provider’s calls', async () => {
    const { pooled, rush, at } = await setup({ configuration: { maxConcurrency: 1_000 } });
    await rush(50);
    const hedges = await Promise.all(Array.from({ length: 64 }, (_, index) => at(index).takeHedge(pooled)));
    expect(hedges.filter(Boolean)).toHaveLength(5);
  });

  it('in records that do not grow with the traffic', async () => {
    const { pooled, admit } = await setup({ configuration: { tokensPerMinute: 100_000 } });
    for (let second = 0; second < 300; second += 1) {
      await (await admit(second)).release(end());
      fleet.clock.advance(1_000);
    }
    const sizes = await fleet.readSizes(pooled.provider._id);
    // A field a second in the last minute, for two of them; a field for each thirtieth of the window.
    expect(sizes).toEqual({
      hedges: expect.any(Number),
      outcomes: expect.any(Number),
      tokens: expect.any(Number),
    });
    expect(Math.max(...Object.values(sizes))).toBeLessThanOrEqual(62);
  });

  it('and what they leave can be read without taking it', async () => {
    const { pooled, rush, at } = await setup({ rateLimit: 40, configuration: { maxConcurrency: 16 } });
    await rush(10);
    const full = { providerId: pooled.provider._id, isRecovering: false, reason: null, untilAt: null };
    for (let reading = 0; reading < 3; reading += 1) {
      expect(await at(reading).readRoom([pooled])).toEqual([
        { ...full, room: 6, allowance: 30, underWay: 10, ended: 0 },
      ]);
    }
    await rush(6);
    expect(await at(0).readRoom([pooled])).toMatchObject([
      { room: 0, reason: 'concurrency', allowance: 24, underWay: 16 },
    ]);
  });

  it('and how many have ended is counted over the fleet, each once', async () => {
    const { pooled, rush, at } = await setup();
    const [first, second] = await rush(3);
    for (const call of [first, first, second]) if (call?.admitted) await call.release(end());
    expect(await at(1).readRoom([pooled])).toMatchObject([{ underWay: 1, ended: 2 }]);
  });
});

describe('room at the end of an outage', () => {
  it('is told from that of a limit', async () => {
    const { pooled, admit, at } = await setup({ configuration: { maxConcurrency: 16 } });
    await (await admit()).release(end({ breaker: 'opens' }));
    fleet.clock.advance(30_000);
    const read = () => at(0).readRoom([pooled]);
    expect(await read()).toMatchObject([{ allowance: 1, isRecovering: true }]);
    await (await admit()).release(end());
    fleet.clock.advance(1_000);
    expect(await read()).toMatchObject([{ allowance: 1, isRecovering: true }]);
    const limited = later(pooled, {});
    limited.provider.rateLimit = 3;
    expect(await at(0).readRoom([limited])).toMatchObject([{ allowance: 1, isRecovering: true }]);
    fleet.clock.advance(15_000);
    expect(await at(0).readRoom([limited])).toMatchObject([{ allowance: 3, isRecovering: false }]);
    fleet.clock.advance(30_000);
    expect(await read()).toMatchObject([{ allowance: null, isRecovering: false }]);
  });
});

describe('a cooldown', () => {
  it('is obeyed by every process, for as long as the provider asked', async () => {
    const { pooled, admit, rush } = await setup();
    await (await admit(0)).release(end({ breaker: 'neutral', cooldown: { retryAfterMs: 7_000 } }));
    const untilAt = fleet.clock.now() + 7_000;
    expect(await rush(4)).toEqual(
      Array.from({ length: 4 }, () => ({ admitted: false, reason: 'cooldown', untilAt })),
    );
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ cooldownUntil: untilAt });
    fleet.clock.advance(7_000);
    expect(countAdmitted(await rush(4))).toBe(4);
  });

  it.each([
    ['from 5 s where the provider does not say', null, [5_000, 10_000, 20_000, 40_000, 60_000, 60_000]],
    ['from 1 s where it says to come back at once', 0, [1_000, 2_000, 4_000]],
  ])('doubles to a minute %s, once for all that ran together', async (_, retryAfterMs, waits) => {
    const { admit, rush } = await setup();
    for (const waitMs of waits) {
      const together = await Promise.all([admit(0), admit(1), admit(2)]);
      for (const one of together) {
        await one.release(end({ breaker: 'neutral', cooldown: { retryAfterMs } }));
      }
      fleet.clock.advance(waitMs - 1);
      expect(countAdmitted(await rush(4))).toBe(0);
      fleet.clock.advance(1);
    }
  });
});

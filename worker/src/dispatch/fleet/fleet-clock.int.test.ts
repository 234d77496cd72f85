import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import type { FleetBed } from '../../testing/fleet-bed.ts';
import {
  countAdmitted,
  end,
  releaseAll,
  setUpCalls,
  toReasons,
  type FleetCalls,
} from '../../testing/fleet-calls.ts';
import { MAX_LEASE_MS } from './to-limits.ts';

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

it('a circuit is half-open once its time is over, though nobody calls', async () => {
  const { pooled, admissions, admit } = await setup();
  await (await admit()).release(end({ breaker: 'opens' }));
  fleet.clock.advance(29_999);
  expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'open' });
  fleet.clock.advance(1);
  expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'half-open', openUntil: null });
  for (const admission of admissions) await admission.refresh();
  expect(await admit()).toMatchObject({ admitted: true, circuit: 'half-open' });
});

describe('where the clock of Redis is set back by an hour', () => {
  const setBack = () => fleet.setRedisClock(-3_600_000);

  it('a limit is met for a minute at most, and not before it was', async () => {
    const { pooled, rush, at } = await setup({
      rateLimit: 10,
      configuration: { maxConcurrency: 1_000, tokensPerMinute: 2_000 as never },
    });
    await releaseAll(await rush(10));
    setBack();
    expect(toReasons(await rush(4))).toEqual(new Set(['rate_limit']));
    expect(await at(0).readRoom([pooled])).toMatchObject([{ room: 0, reason: 'rate_limit' }]);
    fleet.clock.advance(61_000);
    expect(countAdmitted(await rush(64))).toBe(10);
  });

  it('what is kept of a minute is still let go where nobody calls any more', async () => {
    const { pooled, rush, at } = await setup({
      rateLimit: 100,
      configuration: { maxConcurrency: 1_000, tokensPerMinute: 20_000 as never },
    });
    await releaseAll(await rush(10));
    setBack();
    expect(await at(0).readRoom([pooled])).toMatchObject([{ underWay: 0 }]);
    const key = toCircuitKey(fleet.prefix, pooled.provider._id);
    const lives = await Promise.all(['requests', 'tokens'].map((part) => bed.redis.pttl(`${key}:${part}`)));
    expect(Math.min(...lives)).toBeGreaterThan(0);
  });

  it('a circuit is open for no longer than when it opened', async () => {
    const { pooled, admissions, admit, rush } = await setup();
    await (await admit()).release(end({ breaker: 'opens' }));
    setBack();
    for (const admission of admissions) await admission.refresh();
    const untilAt = fleet.clock.now() + 30_000;
    expect(await rush(1)).toEqual([{ admitted: false, reason: 'circuit_open', untilAt }]);
    fleet.clock.advance(30_000);
    for (const admission of admissions) await admission.refresh();
    const probe = (await rush(64)).find(({ admitted }) => admitted);
    expect(probe).toMatchObject({ circuit: 'half-open' });
    setBack();
    expect(countAdmitted(await rush(4))).toBe(0);
    fleet.clock.advance(6_000);
    expect((await rush(64)).find(({ admitted }) => admitted)).toMatchObject({ circuit: 'half-open' });
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'half-open' });
  });

  it('a circuit that opened a moment after the clock was read is known to be open', async () => {
    const { pooled, admit } = await setup();
    await (await admit()).release(end({ breaker: 'opens' }));
    const before = await fleet.read(pooled.provider._id);
    fleet.setRedisClock(-500);
    expect(await fleet.read(pooled.provider._id)).toEqual(before);
  });

  it('a ramp takes no longer than it was to', async () => {
    const { pooled, admit, rush } = await setup({ configuration: { maxConcurrency: 1_000 } });
    await (await admit()).release(end({ breaker: 'opens' }));
    fleet.clock.advance(30_000);
    await (await admit()).release(end());
    setBack();
    await rush(1);
    fleet.clock.advance(30_000);
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed' });
    expect(countAdmitted(await rush(64))).toBe(64);
  });

  it('a cooldown lasts no longer than the provider asked', async () => {
    const { admissions, admit, rush } = await setup();
    await (await admit()).release(end({ breaker: 'neutral', cooldown: { retryAfterMs: 7_000 } }));
    setBack();
    for (const admission of admissions) await admission.refresh();
    expect(toReasons(await rush(1))).toEqual(new Set(['cooldown']));
    fleet.clock.advance(7_000);
    for (const admission of admissions) await admission.refresh();
    expect(countAdmitted(await rush(4))).toBe(4);
  });

  it('failures from before are not counted for an hour', async () => {
    const { pooled, admit } = await setup();
    for (let call = 0; call < 4; call += 1) await (await admit()).release(end({ breaker: 'bad' }));
    setBack();
    fleet.clock.advance(60_000);
    await (await admit()).release(end({ breaker: 'bad' }));
    expect(await fleet.read(pooled.provider._id)).toMatchObject({ circuit: 'closed' });
  });

  it('a dead process’s places come back by the longest time that a call may take', async () => {
    const { rush } = await setup({ configuration: { maxConcurrency: 16 } });
    await rush(16);
    setBack();
    expect(toReasons(await rush(4))).toEqual(new Set(['concurrency']));
    fleet.clock.advance(MAX_LEASE_MS);
    expect(countAdmitted(await rush(64))).toBe(16);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import { eventually } from '@understudy/shared/testing/eventually';
import type { FleetBed } from '../../testing/fleet-bed.ts';
import { countAdmitted, later, setUpCalls, toCall } from '../../testing/fleet-calls.ts';
import type { PlannedCall } from '../admission/admission.ts';

let bed: RedisBed;
let fleet: FleetBed;
beforeAll(async () => {
  bed = await createRedisBed();
});
afterEach(() => fleet.close());
afterAll(() => bed.close());

describe('of the tokens of a minute, where calls are large and small', () => {
  async function setUpSizes() {
    const configuration = { maxConcurrency: 1_000, tokensPerMinute: 1_000 as never };
    const made = await setUpCalls(bed, { configuration });
    fleet = made.fleet;
    const { pooled, at } = made;
    const ask = (likelyTokens: number, more: Partial<PlannedCall> = { isLastResort: true }, of = pooled) => {
      const call = toCall();
      return at(0).admit(of, { ...call, bound: { ...call.bound, likelyTokens }, ...more });
    };
    /** So many small calls, one a second. */
    const trickle = async (calls: number) => {
      const asked = [];
      for (let second = 0; second < calls; second += 1) {
        fleet.clock.advance(1_000);
        asked.push(await ask(100));
      }
      return countAdmitted(asked);
    };
    const refuse = async (tokens: number, more?: Partial<PlannedCall>) => {
      const asked = await ask(tokens, more);
      if (asked.admitted || asked.reason !== 'tokens' || !asked.untilAt)
        throw new Error('It was not refused');
      return asked.untilAt;
    };
    return { ...made, ask, refuse, trickle };
  }

  it('a large one that was refused goes as soon as it was told to, past the small ones that keep coming', async () => {
    const { pooled, at, ask, refuse, trickle } = await setUpSizes();
    expect(await trickle(10)).toBe(10);
    const untilAt = await refuse(600);
    expect(untilAt - fleet.clock.now()).toBeGreaterThan(55_000);
    expect(await trickle(56)).toBe(0);
    fleet.clock.advance(untilAt - fleet.clock.now() - 1);
    expect(await at(1).readRoom([pooled])).toMatchObject([{ room: 0, reason: 'tokens' }]);
    fleet.clock.advance(1);
    expect(await ask(100)).toMatchObject({ reason: 'tokens', untilAt: fleet.clock.now() + 2_000 });
    expect(await at(1).readRoom([pooled])).toMatchObject([{ room: 1 }]);
    expect(await ask(600)).toMatchObject({ admitted: true });
  });

  it('one that never comes back costs the small ones a moment', async () => {
    const { refuse, trickle } = await setUpSizes();
    await trickle(10);
    const untilAt = await refuse(600);
    expect(await trickle(56)).toBe(0);
    fleet.clock.advance(untilAt + 2_000 - fleet.clock.now());
    expect(await trickle(6)).toBe(6);
  });

  it.each<[string, Partial<PlannedCall>]>([
    ['somebody else may take', { isLastResort: false }],
    ['somebody is already at', { isLastResort: true, isHedge: true }],
    ['only rehearses', { isLastResort: true, isDrill: true }],
  ])('one that %s has nothing kept for it', async (_, more) => {
    const { refuse, trickle } = await setUpSizes();
    await trickle(9);
    await refuse(600, more);
    expect(await trickle(1)).toBe(1);
  });

  it('one that was refused under a higher limit goes under the lower one as well', async () => {
    const { pooled, ask, refuse, trickle } = await setUpSizes();
    await trickle(1);
    const untilAt = await refuse(1_000);
    fleet.clock.advance(untilAt - fleet.clock.now());
    const configuration = { ...pooled.provider.configuration, tokensPerMinute: 500 };
    const lowered = later(pooled, { configuration });
    expect(await ask(1_000, { isLastResort: true }, lowered)).toMatchObject({ admitted: true });
  });

  it('nothing is kept for one from before a reset', async () => {
    const { pooled, at, refuse, trickle } = await setUpSizes();
    await trickle(9);
    await refuse(600);
    at(0).sync([later(pooled, { resetAt: new Date(fleet.clock.now()) })]);
    await eventually(async () =>
      expect(await fleet.readField(pooled.provider._id, 'resetAt')).not.toBeNull(),
    );
    expect(await trickle(1)).toBe(1);
  });

  it.each([200, 600])('neither kind shuts the other out, however many of %d there are', async (large) => {
    const { ask, trickle } = await setUpSizes();
    for (let tokens = large; tokens <= 1_000; tokens += large) {
      await ask(large);
      fleet.clock.advance(1_000);
    }
    const admitted = { large: 0, small: 0 };
    for (let second = 0; second < 300; second += 1) {
      admitted.small += await trickle(1);
      admitted.large += countAdmitted([await ask(large), await ask(large)]);
    }
    // Of 5,000 tokens in all.
    expect(admitted.large * large).toBeGreaterThanOrEqual(1_000);
    expect(admitted.small * 100).toBeGreaterThanOrEqual(1_000);
  });
});

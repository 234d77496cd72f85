import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { createRedisBed, type RedisBed } from '@understudy/shared/testing/test-bed';
import type { ProviderOverrides } from '../../testing/build-provider.ts';
import type { FleetBed } from '../../testing/fleet-bed.ts';
import {
  countAdmitted,
  end,
  later,
  releaseAll,
  setUpCalls,
  toCall,
  toReasons,
} from '../../testing/fleet-calls.ts';
import { toBudgetKey, toRecordKeys } from './keys.ts';

let bed: RedisBed;
let fleet: FleetBed;
beforeAll(async () => {
  bed = await createRedisBed();
});
afterEach(() => fleet.close());
afterAll(() => bed.close());

async function setup(provider: ProviderOverrides) {
  const made = await setUpCalls(bed, provider);
  fleet = made.fleet;
  const { _id } = made.pooled.provider;
  const month = () => new Date(fleet.clock.now()).toISOString().slice(0, 7);
  const budgetKey = () => toBudgetKey(fleet.prefix, _id, month());
  /** Puts what Redis has of the month's budget back to what it was, as another Redis than the one that it counts in. */
  const putBack = (spent: number) => bed.redis.hset(budgetKey(), { spent, server: 'another' });
  const readSpent = async () => Number(await bed.redis.hget(budgetKey(), 'spent'));
  const wipe = () => bed.redis.del(toRecordKeys(fleet.prefix, _id, month()));
  const toPending = (call: string, boundNanoUsd = 1_000) => ({
    call,
    boundNanoUsd,
    limitAt: new Date(fleet.clock.now() + 1_000),
  });
  const start = (ids: string[]) =>
    Promise.all(
      ids.map(async (id) => {
        const admittance = await made.at(0).admit(made.pooled, { ...toCall(), id });
        if (!admittance.admitted) throw new Error(`It was refused: ${admittance.reason}`);
        return { id, release: admittance.release };
      }),
    );
  return { ...made, putBack, readSpent, wipe, toPending, start };
}

describe('a monthly budget', () => {
  const budget = { configuration: { maxConcurrency: 1_000, monthlyBudgetUsd: 0.00001 as never } };
  /** The first call of a month has the spend read from the ledger. */
  const begin = async ({ admit }: Awaited<ReturnType<typeof setup>>) => {
    await eventually(() => admit().then((one) => one.release(end({ used: { tokens: 0, costNanoUsd: 0 } }))));
  };

  it('is never overspent, however many ask at once', async () => {
    const given = await setup(budget);
    await begin(given);
    const asked = await given.rush(64);
    expect(countAdmitted(asked)).toBe(10);
    expect(toReasons(asked)).toEqual(new Set(['budget']));
    await releaseAll(asked);
    // 4,000 of 10,000 nano-dollars are spent, and each call may cost 1,000.
    expect(countAdmitted(await given.rush(64))).toBe(6);
  });

  it('is begun by what the ledger says, once for all who ask', async () => {
    const given = await setup(budget);
    fleet.ledger.spent = 8_500;
    const asked = await given.rush(8);
    expect(toReasons(asked)).toEqual(new Set(['budget']));
    // One whose connection is slow may come when it has been read.
    for (const one of asked)
      if (one.admitted) await one.release(end({ used: { tokens: 0, costNanoUsd: 0 } }));
    await begin(given);
    expect(countAdmitted(await given.rush(64))).toBe(1);
    // Once in each process; a refusal that comes in just when it has been read may have it read again.
    expect(fleet.ledger.reads).toBeLessThan(8);
  });

  it('holds what was reserved for a call that nobody released until it is settled', async () => {
    const given = await setup(budget);
    await begin(given);
    const lost = toCall();
    await given.at(0).admit(given.pooled, lost);
    expect(countAdmitted(await given.rush(64))).toBe(9);
    fleet.clock.advance(60_000);
    expect(await given.at(1).findUnsettled(given.pooled.provider._id)).toContain(lost.id);
    await given.at(1).settle(given.pooled.provider._id, lost.id, 0);
    expect(await given.at(1).findUnsettled(given.pooled.provider._id)).not.toContain(lost.id);
    expect(countAdmitted(await given.rush(64))).toBe(1);
  });

  it('holds what was under way when it was begun, until that is settled', async () => {
    const given = await setup(budget);
    const { _id } = given.pooled.provider;
    fleet.ledger.pending = [given.toPending('att_before', 9_000)];
    await begin(given);
    const asked = await given.rush(64);
    expect(countAdmitted(asked)).toBe(1);
    await releaseAll(asked);
    fleet.clock.advance(60_000);
    expect(await given.at(1).findUnsettled(_id)).toContain('att_before');
    await given.at(1).settle(_id, 'att_before', 600);
    // 1,000 of 10,000 nano-dollars are spent, and each call may cost 1,000.
    expect(countAdmitted(await given.rush(64))).toBe(9);
  });

  it('is read again where Redis was wiped, and what was under way then is settled by how it ends', async () => {
    const given = await setup(budget);
    await begin(given);
    const running = await given.start(['att_1', 'att_2', 'att_3', 'att_4']);
    await given.wipe();
    fleet.ledger.pending = running.map(({ id }) => given.toPending(id));
    await begin(given);
    for (const { release } of running) await release(end());
    // 1,600 are spent.
    expect(countAdmitted(await given.rush(64))).toBe(8);
  });

  it('is read again where Redis fell back to what it was before, and holds what is under way', async () => {
    const given = await setup(budget);
    await begin(given);
    const running = await given.start(['att_begun', 'att_ended', 'att_unheard_1', 'att_unheard_2']);
    await given.putBack(0);
    // The ledger has the end of one of them, the beginning of another, and nothing yet of two.
    fleet.ledger.spent = 3_500;
    fleet.ledger.pending = [given.toPending('att_begun')];
    fleet.ledger.settled = ['att_ended'];
    await begin(given);
    const more = await given.rush(64);
    expect(countAdmitted(more)).toBe(3);
    await releaseAll(more);
    for (const { release } of running) await release(end());
    // What they cost was added once: 3,500 and six times 400.
    expect(countAdmitted(await given.rush(64))).toBe(4);
  });

  it('is begun by no reading from before it was begun last', async () => {
    const { admit, at, pooled, putBack, readSpent } = await setup(budget);
    const late = Promise.withResolvers<void>();
    fleet.ledger.held = late.promise;
    await at(0).admit(pooled, toCall());
    await eventually(() => fleet.ledger.reads === 1);
    const call = await eventually(() => admit(1));
    await call.release(end());
    fleet.ledger.spent = 400;
    await putBack(400);
    late.resolve();
    await eventually(() => admit(0));
    expect(await readSpent()).toBe(400);
  });

  it('is read again where it was off for a while, for not all that was spent then may have been told', async () => {
    const given = await setup(budget);
    const { pooled, at, admit, readSpent } = given;
    await begin(given);
    await (await admit()).release(end());
    expect(await readSpent()).toBe(400);
    at(0).sync([
      later(pooled, { configuration: { ...pooled.provider.configuration, monthlyBudgetUsd: null } }),
    ]);
    fleet.ledger.spent = 7_000;
    at(0).sync([pooled]);
    await begin(given);
    expect(await readSpent()).toBe(7_000);
  });

  it('counts what a test cost that could not be told', async () => {
    const given = await setup(budget);
    await begin(given);
    await fleet.cutOff(given.at(2));
    await given.at(2).charge(given.pooled.provider._id, { id: 'att_test', costNanoUsd: 9_500 });
    fleet.ledger.spent = 9_500;
    await fleet.reconnect(given.at(2));
    expect(countAdmitted(await given.rush(64))).toBe(0);
    await eventually(() => expect(fleet.ledger.reads).toBeGreaterThan(1));
    expect(countAdmitted(await given.rush(64))).toBe(0);
  });

  it('counts what a test cost once, though the ledger had it as under way', async () => {
    const given = await setup(budget);
    fleet.ledger.pending = [given.toPending('att_test', 2_000)];
    await begin(given);
    await given.at(2).charge(given.pooled.provider._id, { id: 'att_test', costNanoUsd: 1_500 });
    expect(countAdmitted(await given.rush(64))).toBe(8);
  });

  it('counts what tests and drills cost', async () => {
    const given = await setup(budget);
    await begin(given);
    await given.at(2).charge(given.pooled.provider._id, { id: 'att_test', costNanoUsd: 9_500 });
    expect(countAdmitted(await given.rush(64))).toBe(0);
  });

  it('takes over what pricing calls again changed, once for the fleet and in any order of hearing', async () => {
    const given = await setup(budget);
    await begin(given);
    await given.at(2).charge(given.pooled.provider._id, { id: 'att_test', costNanoUsd: 9_500 });
    const month = new Date(fleet.clock.now()).toISOString().slice(0, 7);
    const asCorrected = (revision: number, nanoUsd: number, of = month) =>
      later(given.pooled, { spendCorrection: { month: of, revision, nanoUsd } });
    const rushKnowing = (pooled: typeof given.pooled, count: number) =>
      Promise.all(Array.from({ length: count }, (_, index) => given.at(index).admit(pooled, toCall())));
    // 5,000 nano-dollars less were spent than it seemed, of another month or not told at all.
    expect(countAdmitted(await rushKnowing(asCorrected(1, -5_000, '1999-01'), 8))).toBe(0);
    const asked = await rushKnowing(asCorrected(2, -5_000), 64);
    expect(countAdmitted(asked)).toBe(5);
    await releaseAll(asked);
    // 6,500 are spent. Whoever has not heard of the latest revision undoes nothing of it.
    expect(countAdmitted(await rushKnowing(asCorrected(3, -1_500), 8))).toBe(0);
    expect(countAdmitted(await rushKnowing(asCorrected(2, -5_000), 8))).toBe(0);
    expect(countAdmitted(await rushKnowing(asCorrected(4, -5_500), 64))).toBe(4);
  });

  it('is begun by a ledger that has corrections in it, which are taken over no second time', async () => {
    const given = await setup(budget);
    const month = new Date(fleet.clock.now()).toISOString().slice(0, 7);
    fleet.ledger.spent = 4_000;
    fleet.ledger.correction = { revision: 7, nanoUsd: -5_000 };
    const pooled = later(given.pooled, { spendCorrection: { month, revision: 7, nanoUsd: -5_000 } });
    await begin(given);
    const asked = await Promise.all(Array.from({ length: 64 }, () => given.at(0).admit(pooled, toCall())));
    expect(countAdmitted(asked)).toBe(6);
  });

  it('is refused until the month’s end, and begins anew with the next', async () => {
    const given = await setup(budget);
    await begin(given);
    await given.at(2).charge(given.pooled.provider._id, { id: 'att_test', costNanoUsd: 10_000 });
    const [refused] = await given.rush(1);
    const now = new Date(fleet.clock.now());
    const monthEnd = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1);
    expect(refused).toEqual({ admitted: false, reason: 'budget', untilAt: monthEnd });
    fleet.clock.advance(monthEnd - now.getTime());
    await begin(given);
    expect(countAdmitted(await given.rush(64))).toBe(10);
  });
});

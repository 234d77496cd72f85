import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { toUpperBound } from '../dispatch/upper-bound.ts';
import { labelSetOf, requestOf } from '../llm/testing/sample-request.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { createFeederBed, type FeederBed } from '../testing/feeder-bed.ts';

let bed: FeederBed;
beforeAll(async () => {
  bed = await createFeederBed();
});
beforeEach(() => bed.clear());
afterEach(() => void vi.restoreAllMocks());
afterAll(() => bed.close());

/** Enough places to hold up nothing. */
const AMPLE = { configuration: { maxConcurrency: 1_000 } };

describe('providers with limits', () => {
  it('are given no more jobs than a minute allows: as many claims as answers, in order of age', async () => {
    await bed.addProvider({ rateLimit: 60 });
    const ids = await bed.lay(300);
    const claims = vi.spyOn(bed.ledger, 'claimJob');
    const answered: string[] = [];
    for (let second = 0; second < 60; second += 1) {
      await bed.round();
      answered.push(...(await bed.work()));
      bed.clock.advance(900);
    }
    expect(answered).toEqual(ids.slice(0, 60));
    expect(claims).toHaveBeenCalledTimes(60);
    expect(await bed.store.jobs.countDocuments({ state: 'succeeded' })).toBe(60);
    expect(await bed.store.jobs.countDocuments({ startedAt: null })).toBe(240);
    bed.clock.advance(60_000);
    await bed.round();
    const [next] = await bed.work();
    expect(next).toBe(ids[60]);
  });

  it('are given no more jobs than they have places for, and a few ahead: nobody stands in line at them', async () => {
    await bed.addProvider({ name: 'small', priority: 1, configuration: { maxConcurrency: 5 } });
    await bed.lay(50);
    expect(await bed.round()).toMatchObject({ fed: 5 + 2 });
    await bed.addProvider({ name: 'other', priority: 2, configuration: { maxConcurrency: 3 } });
    expect(await bed.round()).toMatchObject({ fed: 3 + 2 });
  });

  it('are given no more jobs ahead for what others do: one that is full takes no workers from them', async () => {
    await bed.addProvider({ name: 'fast', priority: 1, ...AMPLE });
    await bed.addProvider({ name: 'slow', priority: 2, configuration: { maxConcurrency: 1 } });
    await bed.lay(34);
    await bed.round();
    expect(await bed.work()).toHaveLength(34);
    await bed.lay(200, { providers: ['slow'], route: 'only:slow' });
    expect(await bed.round()).toMatchObject({ fed: 1 + 2 });
  });

  it('are given as many jobs ahead as they answered lately', async () => {
    await bed.addProvider({ configuration: { maxConcurrency: 5 } });
    await bed.lay(50);
    expect(await bed.round()).toMatchObject({ fed: 5 + 2 });
    await bed.work();
    expect(await bed.round()).toMatchObject({ fed: 5 + 7 });
    await bed.work();
    expect(await bed.round()).toMatchObject({ fed: 5 + 7 + 12 });
  });

  it('are given less by what is in the window already', async () => {
    await bed.addProvider({ rateLimit: 10 });
    await bed.lay(50);
    expect(await bed.round()).toMatchObject({ fed: 10, hasMore: false });
    expect(await bed.round()).toMatchObject({ fed: 0 });
  });

  it('in tokens take as many jobs as fit, and have the others wait: about as many claims as answers', async () => {
    await bed.addProvider({ configuration: { tokensPerMinute: 10_000, maxConcurrency: 100 } });
    await bed.lay(300);
    const claims = vi.spyOn(bed.ledger, 'claimJob');
    for (let second = 0; second < 90; second += 3) {
      await bed.round();
      await bed.work();
      bed.clock.advance(3_000);
    }
    const answered = await bed.store.jobs.countDocuments({ state: 'succeeded' });
    expect(answered).toBeGreaterThan(20);
    expect(claims.mock.calls.length).toBeLessThanOrEqual(answered + 10);
  });

  it('in money are given jobs although nobody has read yet what was spent', async () => {
    await bed.addProvider({ configuration: { monthlyBudgetUsd: 10 } });
    await bed.lay(3);
    const worked: string[] = [];
    await eventually(async () => {
      await bed.round();
      worked.push(...(await bed.work()));
      return worked.length === 3;
    });
    expect(await bed.store.jobs.countDocuments({ state: 'succeeded' })).toBe(3);
  });

  it('in money leave the others in line when it is spent, until there is more', async () => {
    const request = requestOf({
      text: 'My card was charged twice',
      labelSet: labelSetOf(['billing', 'bug']),
    });
    const { costNanoUsd } = toUpperBound(buildPooled(), request, new Date()).price;
    // Each call may cost so much, and then costs 200,000 nano-dollars.
    const monthlyBudgetUsd = ((costNanoUsd ?? 0) + 6.5 * 200_000) / 1e9;
    const { id } = await bed.addProvider({ configuration: { monthlyBudgetUsd } });
    await bed.lay(50);
    const claims = vi.spyOn(bed.ledger, 'claimJob');
    const work = async (seconds: number) => {
      for (let second = 0; second < seconds; second += 1) {
        await bed.round();
        await bed.work();
        bed.clock.advance(1_000);
      }
    };
    await eventually(async () => (await work(1), claims.mock.calls.length > 0));
    await work(60);
    const answered = await bed.store.jobs.countDocuments({ state: 'succeeded' });
    expect(answered).toBe(7);
    // Every ten seconds a few are let try, since a smaller one may fit.
    expect(claims.mock.calls.length).toBeLessThanOrEqual(answered + 4 * 8);
    await bed.store.providers.updateOne({ _id: id }, { 'configuration.monthlyBudgetUsd': 100 });
    await bed.pool.reload();
    await work(20);
    expect(await bed.store.jobs.countDocuments({ state: 'succeeded' })).toBe(50);
  });

  it('hold up only the jobs that name them', async () => {
    await bed.addProvider({ name: 'scarce', rateLimit: 1 });
    await bed.addProvider({ name: 'ample', ...AMPLE });
    const named = await bed.lay(200, { providers: ['scarce'], route: 'only:scarce' });
    const free = await bed.lay(20);
    await bed.round();
    expect(await bed.readQueue()).toEqual([named[0], ...free]);
  });

  it('leave a job in line that names none that is enabled', async () => {
    await bed.addProvider({ name: 'off', enabled: false });
    await bed.addProvider();
    await bed.lay(2, { providers: ['off'], route: 'only:off' });
    const [id = ''] = await bed.lay(1);
    await bed.round();
    expect(await bed.readQueue()).toEqual([id]);
  });
});

describe('jobs that are held in line', () => {
  const hold = async () => {
    await bed.round();
    const [found] = await bed.store.laneHolds.find().lean();
    return found;
  };

  it('have the reason and the time on record: a limit, a pause', async () => {
    await bed.addProvider({ rateLimit: 1 });
    await bed.lay(3);
    await bed.round();
    await bed.work();
    bed.clock.advance(1_000);
    const limited = await hold();
    expect(limited).toMatchObject({ client: 'default', reason: 'rate_limited' });
    expect(limited?.nextTryAt?.getTime()).toBe(bed.clock.now() + 59_000);
    await bed.configure({ paused: true });
    bed.clock.advance(1_000);
    expect(await hold()).toMatchObject({ reason: 'paused', from: limited?.from });
  });

  it('have none on record where they only wait for their turn', async () => {
    await bed.addProvider({ configuration: { maxConcurrency: 1 } });
    await bed.lay(30);
    expect(await hold()).toBeUndefined();
  });
});

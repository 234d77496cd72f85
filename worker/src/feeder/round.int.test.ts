import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { eventually } from '@understudy/shared/testing/eventually';
import { createFeederBed, type FeederBed } from '../testing/feeder-bed.ts';
import { answer, fail } from '../testing/fake-adapter.ts';

let bed: FeederBed;
beforeAll(async () => {
  bed = await createFeederBed();
});
beforeEach(() => bed.clear());
afterEach(() => void vi.restoreAllMocks());
afterAll(() => bed.close());

/** What the one worker process of the bed can work on, and the least that is at hand beyond that. */
const WINDOW = 34;
/** Enough places to hold up nothing. */
const AMPLE = { configuration: { maxConcurrency: 1_000 } };
const deferred = (inMs: number): Partial<JobDocument> => ({
  state: 'deferred',
  waiting: false,
  deferred: { reason: 'no_provider_available', nextTryAt: new Date(bed.clock.now() + inMs) },
});
const countWaiting = () => bed.store.jobs.countDocuments({ waiting: true });
const openCircuit = async (name = 'main') => {
  const provider = await bed.addProvider({ name });
  provider.will(fail('forbidden'));
  const [id = ''] = await bed.lay(1, { providers: [name], route: `only:${name}` });
  await bed.execute(id);
  await bed.store.jobs.deleteMany({});
  await bed.store.providers.updateOne({ _id: provider.id }, { flagged: null });
  await bed.pool.reload();
  return provider;
};

describe('the window', () => {
  it('holds what the fleet can work on and a little more, the oldest jobs first', async () => {
    await bed.addProvider(AMPLE);
    const ids = await bed.lay(200);
    expect(await bed.round()).toEqual({ fed: WINDOW, held: WINDOW, hasMore: true });
    expect(await bed.readQueue()).toEqual(ids.slice(0, WINDOW));
    expect(await bed.round()).toMatchObject({ fed: 0 });
    expect(await countWaiting()).toBe(200 - WINDOW);
  });

  it('grows by what was finished lately', async () => {
    await bed.addProvider(AMPLE);
    await bed.lay(400);
    await bed.round();
    expect(await bed.work()).toHaveLength(WINDOW);
    expect(await bed.round()).toMatchObject({ fed: 32 + WINDOW });
  });

  it('takes priority before age', async () => {
    await bed.addProvider(AMPLE);
    await bed.lay(200);
    const urgent = await bed.lay(3, { priority: 0 });
    await bed.round();
    expect((await bed.readQueue()).slice(0, 3)).toEqual(urgent);
  });

  it('takes clients in turn, however much one of them has waiting', async () => {
    await bed.addProvider(AMPLE);
    const many = await bed.lay(300, { client: 'a' });
    const few = await bed.lay(2, { client: 'b' });
    const other = await bed.lay(100, { client: 'c' });
    await bed.round();
    const queue = await bed.readQueue();
    expect(queue.slice(0, 6)).toEqual([many[0], few[0], other[0], many[1], few[1], other[1]]);
    const from = (ids: string[]) => queue.filter((id) => ids.includes(id)).length;
    expect([from(many), from(few), from(other)]).toEqual([16, 2, 16]);
  });

  it('goes on with whose turn it is in the next round', async () => {
    await bed.addProvider({ rateLimit: 2 });
    for (const client of ['a', 'b', 'c', 'd']) await bed.lay(5, { client });
    const served: string[] = [];
    for (let minute = 0; minute < 4; minute += 1) {
      await bed.round();
      for (const id of await bed.work()) served.push((await bed.readJob(id)).client);
      bed.clock.advance(60_001);
    }
    expect(served).toEqual(['a', 'b', 'c', 'd', 'a', 'b', 'c', 'd']);
  });

  it('is the same in Redis however many wait', async () => {
    await bed.addProvider(AMPLE);
    const countKeys = async () => (await bed.redis.keys(`${bed.prefix}:*`)).length;
    await bed.lay(100);
    await bed.round();
    const keys = await countKeys();
    await bed.lay(3_000);
    await bed.round();
    expect(await countKeys()).toBe(keys);
  });

  it('is filled again when Redis was wiped, with no more than itself', async () => {
    await bed.addProvider(AMPLE);
    const ids = await bed.lay(500);
    await bed.round();
    for (const key of await bed.redis.keys(`${bed.prefix}:*`)) await bed.redis.del(key);
    await bed.round();
    expect(await bed.readQueue()).toEqual(ids.slice(0, WINDOW));
    expect(await bed.work()).toHaveLength(WINDOW);
    expect(await bed.store.jobs.countDocuments({ state: 'succeeded' })).toBe(WINDOW);
  });

  it('has jobs wait again that the queue did not take', async () => {
    await bed.addProvider(AMPLE);
    await bed.lay(3);
    vi.spyOn(bed.producer, 'addClassifications').mockRejectedValueOnce(new Error('Redis is away'));
    await expect(bed.round()).rejects.toThrow('Redis is away');
    expect(await countWaiting()).toBe(3);
    expect(await bed.round()).toMatchObject({ fed: 3 });
  });
});

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

  it('are given less by what is in the window already', async () => {
    await bed.addProvider({ rateLimit: 10 });
    await bed.lay(50);
    expect(await bed.round()).toMatchObject({ fed: 10, hasMore: false });
    expect(await bed.round()).toMatchObject({ fed: 0 });
  });

  it('in tokens take as many jobs as fit, and have the others wait: about as many claims as answers', async () => {
    await bed.addProvider({ configuration: { tokensPerMinute: 10_000, maxConcurrency: 100 } });
    await bed.lay(600);
    const claims = vi.spyOn(bed.ledger, 'claimJob');
    for (let second = 0; second < 180; second += 1) {
      await bed.round();
      await bed.work();
      bed.clock.advance(1_000);
    }
    const answered = await bed.store.jobs.countDocuments({ state: 'succeeded' });
    expect(answered).toBeGreaterThan(40);
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
    // Each call may cost 7,169,000 nano-dollars, and then costs 200,000.
    const { id } = await bed.addProvider({ configuration: { monthlyBudgetUsd: 0.0085 } });
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

describe('a provider whose circuit is open', () => {
  it('is given nothing, then one job to probe with', async () => {
    const sick = await openCircuit();
    await bed.lay(100, { allowDegraded: false, route: 'any' });
    await bed.round();
    expect(await bed.readQueue()).toEqual([]);
    bed.clock.advance(30_001);
    expect(await bed.round()).toMatchObject({ fed: 1 });
    sick.will();
    await bed.work();
    expect(await bed.store.jobs.countDocuments({ state: 'succeeded' })).toBe(1);
  });

  it('wakes however many were put off, a bounded number in each round', async () => {
    await openCircuit();
    await bed.round();
    await bed.lay(2_500, deferred(3_600_000));
    const waiting: number[] = [];
    bed.clock.advance(30_001);
    for (let round = 0; round < 3; round += 1) {
      await bed.round();
      waiting.push((await countWaiting()) + (await bed.readQueue()).length);
    }
    expect(waiting).toEqual([1_000, 2_000, 2_500]);
  });

  it('wakes those who were put off as soon as it lets go, before their time', async () => {
    await openCircuit();
    await bed.round();
    await bed.lay(2, deferred(3_600_000));
    await bed.round();
    expect(await countWaiting()).toBe(0);
    bed.clock.advance(30_001);
    await bed.round();
    expect(await bed.readQueue()).toHaveLength(1);
  });

  it('leaves old jobs that may be degraded to `local`, and no others', async () => {
    await openCircuit();
    await bed.addProvider({ name: 'local', type: 'local', priority: 100 });
    const old = await bed.lay(2, { createdAt: new Date(bed.clock.now() - 10_001) });
    await bed.lay(2, { createdAt: new Date(bed.clock.now() - 9_000) });
    await bed.lay(2, { createdAt: new Date(bed.clock.now() - 60_000), allowDegraded: false, route: 'any' });
    await bed.round();
    expect((await bed.readQueue()).toSorted()).toEqual(old.toSorted());
    await bed.work();
    expect(await bed.readJob(old[0] ?? '')).toMatchObject({ state: 'succeeded', degraded: true });
    bed.clock.advance(2_000);
    expect(await bed.round()).toMatchObject({ fed: 2 });
  });
});

describe('deferred jobs', () => {
  it('come back when they are due, in their order of age, and still say why they waited until then', async () => {
    await bed.addProvider({ rateLimit: 1 });
    await bed.round();
    const [older = ''] = await bed.lay(1, deferred(1_000));
    const [younger = ''] = await bed.lay(1, deferred(500));
    await bed.lay(1, deferred(60_000));
    bed.clock.advance(1_001);
    await bed.round();
    expect(await bed.readQueue()).toEqual([older]);
    expect(await bed.readJob(older)).toMatchObject({ state: 'queued', deferred: null, generation: 2 });
    expect(await bed.readJob(younger)).toMatchObject({
      state: 'deferred',
      waiting: true,
      deferred: { reason: 'no_provider_available' },
    });
  });

  it('come back when a limit frees earlier than it said', async () => {
    const { id } = await bed.addProvider({ rateLimit: 1 });
    await bed.lay(1);
    await bed.round();
    await bed.work();
    await bed.round();
    const provider = { id, name: 'main', type: 'openai' as const, model: 'fake' };
    const passedOver = [{ provider, reason: 'rate_limit' as const, until: null }];
    const [told = ''] = await bed.lay(1, { ...deferred(50_000), passedOver });
    await bed.lay(1, deferred(50_000));
    await bed.store.providers.updateOne({ _id: id }, { rateLimit: 100 });
    await bed.pool.reload();
    await bed.round();
    expect(await bed.readQueue()).toEqual([told]);
  });

  it('come back when the provider that throttled them is reset', async () => {
    const { id, will } = await bed.addProvider();
    will(fail('rate_limited', { status: 429, retryAfterMs: 600_000 }), answer());
    const [throttled = ''] = await bed.lay(1);
    await bed.round();
    await bed.work();
    expect(await bed.readJob(throttled)).toMatchObject({ state: 'deferred', passedOver: [] });
    await bed.round();
    expect(await bed.readQueue()).toEqual([]);
    await bed.store.providers.updateOne({ _id: id }, { resetAt: new Date() });
    await bed.pool.reload();
    await eventually(async () => {
      await bed.admission.refresh();
      await bed.round();
      expect(await bed.readQueue()).toEqual([throttled]);
    });
    await bed.work();
    expect(await bed.readJob(throttled)).toMatchObject({ state: 'succeeded' });
  });

  it('come back when a provider is added, and when another feeder takes over', async () => {
    await bed.round();
    const [first = ''] = await bed.lay(1, deferred(60_000));
    await bed.addProvider();
    await bed.round();
    expect(await bed.readQueue()).toEqual([first]);
    await bed.work();
    const [second = ''] = await bed.lay(1, deferred(60_000));
    await bed.round();
    expect(await bed.readQueue()).toEqual([]);
    bed.takeOver();
    await bed.round();
    expect(await bed.readQueue()).toEqual([second]);
  });

  it('stay away while everything is paused, and come back when it goes on', async () => {
    await bed.addProvider();
    await bed.configure({ paused: true });
    await bed.lay(2);
    expect(await bed.round()).toMatchObject({ fed: 0 });
    await bed.lay(1, deferred(60_000));
    await bed.store.settings.deleteMany({});
    await bed.settings.reload();
    expect(await bed.round()).toMatchObject({ fed: 3 });
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

describe('tickets', () => {
  const take = (client = 'default', providers: string[] | null = null) =>
    bed.window.takeTicket({ client, providers });

  it('let a submit into the window while there is room, and no longer', async () => {
    await bed.addProvider({ rateLimit: 5 });
    expect(await take()).toBeNull();
    await bed.round();
    const epoch = await bed.redis.get(`${bed.prefix}:epoch`);
    const tickets = await Promise.all(Array.from({ length: 8 }, () => take()));
    expect(tickets.filter((ticket) => ticket === epoch)).toHaveLength(5);
    expect(tickets.filter((ticket) => ticket === null)).toHaveLength(3);
  });

  it('are not for a client that has jobs waiting, and are for another', async () => {
    await bed.addProvider({ name: 'scarce', rateLimit: 1 });
    await bed.addProvider({ name: 'ample' });
    await bed.lay(2, { client: 'busy', providers: ['scarce'], route: 'only:scarce' });
    await bed.round();
    expect(await take('busy')).toBeNull();
    expect(await take('idle', ['scarce'])).toBeNull();
    expect(await take('other', ['Ample'])).toEqual(expect.any(String));
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cancelJobs } from '@understudy/shared/store/jobs/cancel-jobs';
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

  it('has every lane of a client served in turn, a bounded number in each round', async () => {
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`);
    for (const name of names) await bed.addProvider({ name, ...AMPLE });
    for (const name of names) await bed.lay(1, { providers: [name], route: `only:${name}` });
    const fed: number[] = [];
    for (let round = 0; round < 6; round += 1) fed.push((await bed.round()).fed);
    expect(Math.max(...fed)).toBeLessThanOrEqual(16);
    expect(fed.reduce((sum, count) => sum + count, 0)).toBe(34);
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
    await bed.wipeRedis();
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
    await bed.lay(2_500, deferred(300_000));
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
    await bed.lay(2, deferred(300_000));
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

  it('come back where the ledger’s clock was set back: none is put off for longer than five minutes', async () => {
    await bed.addProvider();
    await bed.round();
    const [strayed = ''] = await bed.lay(1, deferred(3_600_000));
    await bed.lay(1, deferred(300_000));
    await bed.round();
    expect(await bed.readQueue()).toEqual([strayed]);
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

  it('come back, too, if they were put off a moment after it freed, by a worker that did not know yet', async () => {
    const { id } = await bed.addProvider({ rateLimit: 1, configuration: { maxConcurrency: 1_000 } });
    await bed.lay(1);
    await bed.round();
    await bed.work();
    await bed.round();
    await bed.store.providers.updateOne({ _id: id }, { rateLimit: 100 });
    await bed.pool.reload();
    await bed.round();
    const provider = { id, name: 'main', type: 'openai' as const, model: 'fake' };
    const passedOver = [{ provider, reason: 'rate_limit' as const, until: null }];
    const putOff = () => bed.lay(1, { ...deferred(50_000), passedOver });
    const [first] = await putOff();
    await bed.round();
    expect(await bed.readQueue()).toEqual([]);
    bed.clock.advance(1_000);
    await bed.round();
    expect(await bed.readQueue()).toEqual([first]);
    const [second] = await putOff();
    bed.clock.advance(2_000);
    await bed.round();
    expect(await bed.readQueue()).toEqual([first, second]);
    await putOff();
    bed.clock.advance(10_000);
    await bed.round();
    expect(await bed.readQueue()).toEqual([first, second]);
  });

  it.each([
    [
      'a provider is changed',
      async (id: string) => {
        await bed.store.providers.updateOne({ _id: id }, { $inc: { revision: 1 } });
        await bed.pool.reload();
      },
    ],
    [
      'failover is switched on',
      async () => {
        await bed.store.settings.deleteMany({});
        await bed.settings.reload();
      },
    ],
  ])('come back when %s, however free it was before', async (_name, change) => {
    await bed.configure({ failoverEnabled: false });
    const { id } = await bed.addProvider({ configuration: { maxConcurrency: 1_000 } });
    await bed.round();
    const [asleep] = await bed.lay(1, deferred(50_000));
    await bed.round();
    expect(await bed.readQueue()).toEqual([]);
    await change(id);
    await bed.round();
    expect(await bed.readQueue()).toEqual([asleep]);
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

  it('are for a client again whose jobs were cancelled, although nobody could have taken those', async () => {
    await bed.addProvider({ name: 'off', enabled: false });
    await bed.addProvider();
    const jobIds = await bed.lay(2, { providers: ['off'], route: 'only:off' });
    await bed.round();
    expect(await take()).toBeNull();
    expect(await cancelJobs(bed.store, jobIds, { erasesText: false })).toMatchObject({ ended: 2 });
    bed.clock.advance(1_000);
    await bed.round();
    expect(await take()).toEqual(expect.any(String));
    expect(await bed.store.laneHolds.countDocuments({ until: bed.clock.now() })).toBe(0);
  });
});

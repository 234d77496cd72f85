import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { createFeederBed, type FeederBed } from '../testing/feeder-bed.ts';
import { createFeeder, type Feeder } from './feeder.ts';

let bed: FeederBed;
beforeAll(async () => {
  bed = await createFeederBed();
});
beforeEach(async () => {
  await bed.clear();
  await bed.store.leases.deleteMany({});
});
afterAll(() => bed.close());

const create = (): Feeder => createFeeder({ ...bed, concurrency: 32 });

it('works in one process at a time, and in another as soon as that one stops', async () => {
  await bed.addProvider();
  await bed.lay(3);
  const [first, second] = [create(), create()];
  expect(await first.runOnce()).toMatchObject({ fed: 3 });
  expect(await second.runOnce()).toBeNull();
  await first.stop();
  await bed.lay(2);
  bed.clock.advance(500);
  expect(await second.runOnce()).toMatchObject({ fed: 2 });
  await second.stop();
});

it('is followed by another when its process is dead', async () => {
  await bed.addProvider();
  const [dead, next] = [create(), create()];
  await dead.runOnce();
  await bed.store.leases.updateOne({ _id: 'feeder' }, { until: new Date(0) });
  await bed.lay(1);
  expect(await next.runOnce()).toMatchObject({ fed: 1 });
  bed.clock.advance(500);
  expect(await dead.runOnce()).toBeNull();
  await next.stop();
});

describe('where its worker cannot call a provider', () => {
  const createUnfit = (workerCount: () => number) =>
    createFeeder({
      ...bed,
      concurrency: 32,
      pool: { ...bed.pool, canUseAll: () => false },
      admission: { ...bed.admission, workerCount },
    });
  /** Rounds of both in turns, until the time is over. */
  const work = async (feeders: Feeder[], ms: number) => {
    const ends: (number | null)[][] = [];
    for (let past = 0; past < ms; past += 500) {
      ends.push(await Promise.all(feeders.map(async (feeder) => (await feeder.runOnce())?.fed ?? null)));
      bed.clock.advance(500);
    }
    return ends;
  };

  it('leaves the work to another’s, and does not take it back', async () => {
    await bed.addProvider();
    const [unfit, fit] = [createUnfit(() => 2), create()];
    await unfit.runOnce();
    const ends = await work([fit, unfit], 6_000);
    expect(ends[0]).toEqual([null, 0]);
    expect(ends.slice(-3)).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ]);
    await Promise.all([fit.stop(), unfit.stop()]);
  });

  it('goes on where no other one lives', async () => {
    await bed.addProvider();
    const alone = createUnfit(() => 1);
    expect(await work([alone], 5_000)).not.toContainEqual([null]);
    await alone.stop();
  });

  it('goes on after a moment where others cannot call it either', async () => {
    await bed.addProvider();
    const [first, second] = [createUnfit(() => 2), createUnfit(() => 2)];
    const ends = await work([first, second], 10_000);
    expect(ends.filter(([one]) => one === 0).length).toBeGreaterThan(0);
    expect(ends.filter(([, other]) => other === 0).length).toBeGreaterThan(0);
    expect(ends).not.toContainEqual([0, 0]);
    await Promise.all([first.stop(), second.stop()]);
  });
});

it('fills the window by itself while it runs, and stops twice', async () => {
  await bed.addProvider();
  const feeder = create();
  await feeder.start();
  await bed.lay(5);
  await eventually(async () => (await bed.readQueue()).length === 5);
  await Promise.all([feeder.stop(), feeder.stop()]);
  await bed.lay(5);
  expect(await bed.readQueue()).toHaveLength(5);
});

it('tells once of a store that is away, and goes on when it is back', async () => {
  await bed.addProvider();
  const warn = vi.spyOn(bed.logger, 'warn');
  const add = vi.spyOn(bed.producer, 'addClassifications').mockRejectedValue(new Error('Redis is away'));
  const feeder = create();
  await bed.lay(2);
  await feeder.start();
  await eventually(() => add.mock.calls.length >= 3);
  expect(
    warn.mock.calls.filter(([, message]) => message === 'the feeder could not fill the window'),
  ).toHaveLength(1);
  add.mockRestore();
  await eventually(async () => (await bed.readQueue()).length === 2);
  await feeder.stop();
  warn.mockRestore();
});

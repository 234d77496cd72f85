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
  const createUnfit = (workers: number) =>
    createFeeder({
      ...bed,
      concurrency: 32,
      pool: { ...bed.pool, canUseAll: () => false },
      admission: { ...bed.admission, workerCount: () => workers },
    });
  /** @returns the names of those that fed, of each round until the time is over. */
  const runRounds = async (feeders: Record<string, Feeder>, ms: number) => {
    const rounds: string[][] = [];
    const run = async ([name, feeder]: [string, Feeder]) => ((await feeder.runOnce()) ? [name] : []);
    for (let past = 0; past < ms; past += 500) {
      rounds.push((await Promise.all(Object.entries(feeders).map(run))).flat());
      bed.clock.advance(500);
    }
    return rounds;
  };

  it('leaves the work to another’s, and does not take it back', async () => {
    await bed.addProvider();
    const [unfit, fit] = [createUnfit(2), create()];
    await unfit.runOnce();
    const rounds = await runRounds({ fit, unfit }, 6_000);
    expect(rounds[0]).toEqual(['unfit']);
    expect(rounds.slice(-3)).toEqual([['fit'], ['fit'], ['fit']]);
    await Promise.all([fit.stop(), unfit.stop()]);
  });

  it('goes on where no other one lives', async () => {
    await bed.addProvider();
    const alone = createUnfit(1);
    expect(await runRounds({ alone }, 5_000)).not.toContainEqual([]);
    await alone.stop();
  });

  it('takes turns that become longer where others cannot call it either', async () => {
    await bed.addProvider();
    const [first, second] = [createUnfit(2), createUnfit(2)];
    const rounds = await runRounds({ first, second }, 60_000);
    const feeders = rounds.flat();
    expect(new Set(feeders)).toEqual(new Set(['first', 'second']));
    const changes = feeders.filter((feeder, round) => round > 0 && feeder !== feeders[round - 1]);
    // After 3, 3, 6, 6, 12 and 12 s: each begins with little knowledge of what waits.
    expect(changes.length).toBeLessThan(8);
    expect(rounds).not.toContainEqual(['first', 'second']);
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

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toNative } from '@understudy/shared/store/define-model';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createLanes, type Lanes } from './lanes.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(() => bed.store.jobs.deleteMany({}).then(() => {}));
afterAll(() => bed.close());

const LANES = 200;
const toClient = (index: number) => `client-${String(index).padStart(3, '0')}`;
const lay = (clients: string[], priority = 5) =>
  toNative(bed.store.jobs).insertMany(clients.map((client) => buildJob({ client, priority, waiting: true })));
/** As many looks as it takes to come by each of so many lanes. */
async function goRound(lanes: Lanes, count: number) {
  for (let look = 0; look * 24 < count; look += 1) await lanes.look();
}

it('finds every lane in the end, a bounded number with each look', async () => {
  await lay(Array.from({ length: LANES }, (_, index) => toClient(index)));
  const lanes = createLanes(bed.store);
  await lanes.look();
  expect(lanes.list().length).toBeLessThanOrEqual(32);
  for (let look = 1; look * 24 < LANES; look += 1) await lanes.look();
  expect(lanes.list()).toHaveLength(LANES);
});

it('finds a new one that is more urgent at once, however many there are', async () => {
  await lay(Array.from({ length: LANES }, (_, index) => toClient(index)));
  const lanes = createLanes(bed.store);
  await lanes.look();
  await lay(['urgent'], 0);
  await lanes.look();
  expect(lanes.list()).toContainEqual(expect.objectContaining({ priority: 0, client: 'urgent' }));
});

const layRoutes = (client: string, count: number, priority: number) =>
  toNative(bed.store.jobs).insertMany(
    Array.from({ length: count }, (_, index) => {
      const name = `p${String(index).padStart(4, '0')}`;
      return buildJob({ client, priority, providers: [name], route: `only:${name}`, waiting: true });
    }),
  );

it('finds others at once behind a client with very many lanes, and knows but a few of its at a time', async () => {
  await layRoutes('many', 5_000, 0);
  await layRoutes('many', 5_000, 5);
  await layRoutes('also-many', 1_000, 5);
  await lay(['one'], 5);
  const lanes = createLanes(bed.store);
  for (let look = 0; look < 4; look += 1) await lanes.look();
  expect(lanes.list().map(({ client }) => client)).toContain('one');
  for (let look = 0; look < 20; look += 1) await lanes.look();
  const byClient = Map.groupBy(lanes.list(), ({ priority, client }) => `${priority} ${client}`);
  const counts = [...byClient].map(([key, { length }]) => [key, length]);
  expect(Object.fromEntries(counts)).toEqual({ '0 many': 16, '5 also-many': 16, '5 many': 16, '5 one': 1 });
});

it('comes by every lane of a client in turn, and with each visit by those of jobs that name nobody', async () => {
  await lay(['many']);
  await layRoutes('many', 100, 5);
  const lanes = createLanes(bed.store);
  const met = new Set<string>();
  for (let look = 0; look < 12; look += 1) {
    await lanes.look();
    const routes = lanes.list().map(({ route }) => route);
    expect(routes).toContain('any-or-local');
    for (const route of routes) met.add(route);
  }
  expect(met.size).toBe(101);
});

it('goes round: what was dropped and has a job again is found again', async () => {
  await lay(['a', 'b']);
  const lanes = createLanes(bed.store);
  await lanes.look();
  for (const lane of lanes.list()) lanes.drop(lane);
  await lanes.look();
  expect(lanes.list().map(({ client }) => client)).toEqual(['a', 'b']);
});

it.each([2, LANES])(
  'tells those of %i in which nobody waits any more, and none of the others',
  async (count) => {
    const clients = Array.from({ length: count }, (_, index) => toClient(index));
    await lay(clients);
    const lanes = createLanes(bed.store);
    await goRound(lanes, count);
    const emptied = clients.filter((_, index) => index % 2 === 1);
    await bed.store.jobs.deleteMany({ client: { $in: emptied } });
    await goRound(lanes, count);
    await goRound(lanes, count);
    const listUnmet = () => lanes.listUnmet().map(({ client }) => client);
    expect(listUnmet().toSorted()).toEqual(emptied);
    await lay(emptied);
    await goRound(lanes, count);
    await goRound(lanes, count);
    expect(listUnmet()).toEqual([]);
  },
);

it('tells those of a client with many in which nobody waits any more', async () => {
  await layRoutes('many', 40, 5);
  await lay(['other']);
  const lanes = createLanes(bed.store);
  for (let look = 0; look < 4; look += 1) await lanes.look();
  const known = lanes.list().filter(({ client }) => client === 'many');
  await bed.store.jobs.deleteMany({ client: 'many' });
  await lanes.look();
  expect(lanes.listUnmet()).toEqual([]);
  await lanes.look();
  await lanes.look();
  expect(lanes.listUnmet()).toEqual(known);
});

it('has none for empty that it has only not come by again', async () => {
  await lay(Array.from({ length: LANES }, (_, index) => toClient(index)));
  const lanes = createLanes(bed.store);
  await goRound(lanes, LANES);
  for (let look = 0; look < LANES / 8; look += 1) {
    await lanes.look();
    expect(lanes.listUnmet()).toEqual([]);
  }
});

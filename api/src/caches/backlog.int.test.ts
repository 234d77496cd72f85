import { toNative } from '@understudy/shared/store/define-model';
import { buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createBacklog } from './backlog.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(() => bed.store.jobs.deleteMany({}));
afterAll(() => bed.close());

function setup(maxWaitingJobs: number) {
  let now = 0;
  const clock = { now: () => now, monotonic: () => now };
  const config = { maxWaitingJobs };
  const backlog = createBacklog({ store: bed.store, config: () => config, clock, logger: bed.logger });
  const submit = async () => {
    const place = await backlog.admit();
    await place.hold(async () => {
      await bed.store.jobs.create(buildJob());
      return { inserted: true };
    });
  };
  const advance = (ms: number) => (now += ms);
  /** Counts, which takes so long. */
  async function countFor(ms: number) {
    const counted = backlog.refresh();
    advance(ms);
    await counted;
  }
  return { backlog, config, submit, advance, countFor };
}
const refused = { code: 'backlog_full' };

it('lets in as many as may wait, and no more', async () => {
  const { submit } = setup(3);
  for (let job = 0; job < 3; job += 1) await submit();
  await expect(submit()).rejects.toMatchObject(refused);
  expect(await bed.store.jobs.countDocuments()).toBe(3);
});

it('counts what waits in the ledger, in the queue and for a provider, and nothing else', async () => {
  const { backlog } = setup(4);
  await bed.store.jobs.create([
    buildJob({ waiting: true }),
    buildJob(),
    buildJob({ state: 'deferred' }),
    buildJob({ state: 'processing' }),
    buildJob({ state: 'succeeded' }),
    buildJob({ state: 'cancelled', waiting: true }),
  ]);
  await backlog.refresh();
  await backlog.assertRoom();
  backlog.add(1);
  await expect(backlog.assertRoom()).rejects.toMatchObject(refused);
});

it('lets in again what there is room for, as soon as somebody asks', async () => {
  const { submit, advance } = setup(2);
  await submit();
  await submit();
  await expect(submit()).rejects.toMatchObject(refused);
  await bed.store.jobs.updateMany({}, { state: 'succeeded' });
  advance(100);
  await submit();
  await submit();
  await expect(submit()).rejects.toMatchObject(refused);
});

it.each([
  ['a repeat', false, 1],
  ['a job', true, 0],
])('counts %s that was under way while it counted', async (_, inserted, more) => {
  const { backlog, submit } = setup(1);
  const place = await backlog.admit();
  const done = Promise.withResolvers<void>();
  const held = place.hold(async () => {
    await done.promise;
    if (inserted) await bed.store.jobs.create(buildJob());
    return { inserted };
  });
  await backlog.refresh();
  await expect(submit()).rejects.toMatchObject(refused);
  done.resolve();
  await held;
  for (let job = 0; job < more; job += 1) await submit();
  await expect(submit()).rejects.toMatchObject(refused);
});

it('leaves the place of one whose ledger does not answer to it until it counts again', async () => {
  const { backlog, submit } = setup(1);
  await backlog.refresh();
  const place = await backlog.admit();
  await expect(place.hold(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  await expect(submit()).rejects.toMatchObject(refused);
  await backlog.refresh();
  await submit();
});

it('obeys a bound that was changed', async () => {
  const { submit, config } = setup(1);
  await submit();
  config.maxWaitingJobs = 2;
  await submit();
  config.maxWaitingJobs = 1;
  await expect(submit()).rejects.toMatchObject(refused);
});

it('refuses at once, without counting, where a count takes long', async () => {
  const { backlog, submit, advance, countFor } = setup(1);
  await submit();
  await countFor(600);
  await bed.store.jobs.deleteMany({});
  advance(60_000);
  await expect(submit()).rejects.toMatchObject(refused);
  await backlog.refresh();
  await submit();
});

it('counts again soon after the process stood still in the middle of a count', async () => {
  const { backlog, submit, advance, countFor } = setup(1);
  await submit();
  await countFor(3_600_000);
  await bed.store.jobs.deleteMany({});
  advance(110_000);
  await backlog.start();
  await eventually(() =>
    submit().then(
      () => true,
      () => false,
    ),
  );
  await backlog.stop();
  expect(await bed.store.jobs.countDocuments()).toBe(1);
});

it('counts keys of the index only, up to the bound, however many jobs there are', async () => {
  const jobs = Array.from({ length: 3_000 }, (_, index) =>
    buildJob({ state: index < 2_000 ? 'queued' : 'succeeded', waiting: true }),
  );
  await toNative(bed.store.jobs).insertMany(jobs);
  const { db } = bed.store.connection;
  const { backlog } = setup(500);
  await db!.setProfilingLevel('all');
  await backlog.refresh();
  await db!.setProfilingLevel('off');
  const profiled = await db!
    .collection('system.profile')
    .find({ ns: /\.jobs$/ })
    .toArray();
  expect(profiled.map(({ docsExamined }) => docsExamined)).toEqual([0, 0]);
  for (const { keysExamined } of profiled) expect(keysExamined).toBeLessThanOrEqual(501);
});

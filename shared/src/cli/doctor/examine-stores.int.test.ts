import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../runtime/clock.ts';
import { createDoctorBed, type DoctorBed } from '../../testing/doctor-bed.ts';
import { eventually } from '../../testing/eventually.ts';

let bed: DoctorBed;
beforeAll(async () => {
  bed = await createDoctorBed();
});
beforeEach(() => bed.clear());
afterAll(() => bed.close());

it.each([
  ['maxmemory-policy', 'allkeys-lru', 'noeviction', /^fail: maxmemory-policy is allkeys-lru/],
  ['appendonly', 'no', 'yes', /^warn: The append-only file is off/],
])('tells of a Redis with %s %s', async (name, bad, good, expected) => {
  await bed.redis.config('SET', name, bad);
  const found = await bed.findBad('redis');
  await bed.redis.config('SET', name, good);
  expect(found).toEqual([expect.stringMatching(expected)]);
  expect(await bed.findBad('redis')).toEqual([]);
});

it('tells of a Redis whose memory is nearly full', async () => {
  // What Redis holds for its connections comes and goes.
  const found = await eventually(async () => {
    const [, used = ''] = /used_memory:(\d+)/.exec(await bed.redis.info('memory')) ?? [];
    await bed.redis.config('SET', 'maxmemory', String(Math.round(Number(used) * 1.05)));
    const bad = await bed.findBad('redis');
    return bad.length > 0 && bad;
  });
  await bed.redis.config('SET', 'maxmemory', '0');
  expect(found).toEqual([expect.stringMatching(/^warn: \S+ \wiB of \S+ \wiB of its memory are in use/)]);
});

it('tells of a Redis that is a replica', async () => {
  await bed.redis.replicaof('127.0.0.1', '1');
  const found = await bed.findBad('redis');
  await bed.redis.replicaof('NO', 'ONE');
  expect(found).toEqual(['fail: This is a replica, which takes no writes.']);
});

it.each([
  ['another password', (url: URL) => void (url.password = 'not-this-one'), /refuses the password/],
  ['no password', (url: URL) => void (url.password = ''), /refuses the password/],
  ['another port', (url: URL) => void (url.port = '1'), /does not answer \(nothing listens there\)/],
])('tells of a REDIS_URL with %s', async (_, change, expected) => {
  const url = new URL(bed.redisUrl);
  change(url);
  expect(await bed.findBad('redis', { REDIS_URL: url.href })).toEqual([expect.stringMatching(expected)]);
});

it('tells of migrations that have not run, and of a ledger that a newer version migrated', async () => {
  const { migrations } = bed.store;
  const newest = (await migrations.findOne().sort({ _id: -1 }).lean())!;
  await migrations.deleteOne({ _id: newest._id });
  expect(await bed.findBad('migrations')).toEqual([expect.stringContaining(`Not run yet: 0${newest._id}`)]);
  await migrations.create([newest, { _id: 900, name: 'later', appliedAt: new Date() }]);
  expect(await bed.findBad('migrations')).toEqual([expect.stringContaining('migrated by a newer version')]);
  await migrations.deleteOne({ _id: 900 });
  expect(await bed.findBad('migrations')).toEqual([]);
});

it.each([
  [240_000, 'warn', '4 min behind'],
  [-240_000, 'warn', '4 min ahead of'],
  [600_000, 'fail', '10 min behind'],
] as const)('tells of a clock that is off by %i ms', async (offMs, status, words) => {
  const now = () => Date.now() + offMs;
  const found = (await bed.look({}, { ...systemClock, now })).filter(({ check }) => check === 'clocks');
  for (const whose of ['MongoDB', 'Redis'])
    expect(found).toContainEqual(
      expect.objectContaining({
        status,
        what: expect.stringContaining(`The clock of ${whose} is ${words} this machine’s.`),
      }),
    );
});

it('has said no secret in all of this', () => {
  const { words, secrets } = bed.said();
  expect(words.length).toBeGreaterThan(1_000);
  for (const secret of secrets) expect(words).not.toContain(secret);
});

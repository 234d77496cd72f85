import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { buildAttempt, buildAttemptEnd, buildJob } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { AttemptDocument, AttemptEnd } from '../attempts/model.ts';
import { toNative } from '../define-model.ts';
import { countAttempts } from './count-attempts.ts';
import { findUncounted } from './find-uncounted.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.attempts.deleteMany({});
  await bed.store.usageBuckets.deleteMany({});
});

type Settled = Partial<AttemptDocument & Omit<AttemptEnd, 'outcome'>>;
async function settle(...overrides: Settled[]) {
  const settled = overrides.map((override) => ({
    ...buildAttempt(),
    ...buildAttemptEnd(),
    settledAt: new Date(),
    ...override,
  }));
  await toNative(bed.store.attempts).insertMany(settled);
  return settled.map(({ _id }) => _id);
}
const readBuckets = () => bed.store.usageBuckets.find().lean();
const sumOf = async (field: 'requests' | 'successes' | 'inputTokens' | 'costNanoUsd') =>
  (await readBuckets()).reduce((sum, bucket) => sum + bucket[field], 0);

it('adds what each attempt was to the bucket of its hour, and marks it', async () => {
  const settledAt = new Date('2026-03-04T05:59:59.999Z');
  const ids = await settle(
    { settledAt, durationMs: 100 },
    { settledAt, durationMs: 300, costNanoUsd: 500, pricing: 'estimated' },
    { settledAt, outcome: 'failed', fault: 'network', inputTokens: 0, outputTokens: 0, costNanoUsd: 0 },
    { settledAt, outcome: 'aborted', fault: null, costNanoUsd: null, pricing: 'unpriced' },
  );
  expect(await countAttempts(bed.store, ids, 3)).toBe(4);
  expect(await readBuckets()).toMatchObject([
    {
      at: new Date('2026-03-04T05:00:00Z'),
      providerId: 'prv_1',
      model: 'gpt-4o-mini',
      client: 'default',
      purpose: 'job',
      shard: 3,
      requests: 4,
      successes: 2,
      failures: 1,
      aborted: 1,
      faults: { network: 1 },
      inputTokens: 300,
      costNanoUsd: 1_500,
      estimatedNanoUsd: 500,
      pricing: { priced: 2, estimated: 1, unpriced: 1 },
      durationMs: 400,
    },
  ]);
  expect(await bed.store.attempts.countDocuments({ counted: false })).toBe(0);
});

it('keeps hours, models, clients, purposes and shards apart', async () => {
  const ids = await settle(
    {},
    { settledAt: new Date(Date.now() - 3_600_000) },
    { client: 'other' },
    { purpose: 'drill' },
    { provider: { id: 'prv_1', name: 'main', type: 'openai', model: 'another' } },
  );
  await countAttempts(bed.store, ids, 0);
  await countAttempts(bed.store, await settle({}), 1);
  expect((await readBuckets()).map(({ requests }) => requests)).toEqual([1, 1, 1, 1, 1, 1]);
});

it('leaves what is pending, and what it counted before, alone', async () => {
  const ids = await settle({}, { outcome: 'pending', settledAt: null });
  expect(await countAttempts(bed.store, ids, 0)).toBe(1);
  expect(await countAttempts(bed.store, ids, 0)).toBe(0);
  expect(await sumOf('requests')).toBe(1);
});

it('counts each attempt once, however many count the same ones at the same time', async () => {
  const ids = await settle(...Array.from({ length: 200 }, (_, index) => ({ inputTokens: index })));
  const halves = [ids, ids.slice(0, 100), ids.slice(50), ids];
  const counted = await Promise.all(halves.map((half, shard) => countAttempts(bed.store, half, shard % 2)));
  expect(counted.reduce((sum, count) => sum + count, 0)).toBe(200);
  expect(await sumOf('requests')).toBe(200);
  expect(await sumOf('inputTokens')).toBe((199 * 200) / 2);
});

it('counts nothing where its transaction does not land, and all of it afterwards', async () => {
  const ids = await settle({}, {}, {});
  const crash = vi.spyOn(bed.store.usageBuckets.collection, 'bulkWrite').mockImplementation(() => {
    throw new Error('killed here');
  });
  await expect(countAttempts(bed.store, ids, 0)).rejects.toThrow('killed here');
  crash.mockRestore();
  expect(await sumOf('requests')).toBe(0);
  expect(await findUncounted(bed.store, new Date(Date.now() + 1), 10)).toHaveLength(3);
  expect(await countAttempts(bed.store, ids, 0)).toBe(3);
  expect(await sumOf('requests')).toBe(3);
});

it('sums up to what the ledger has, whatever was aborted in between', async () => {
  const all = await settle(
    ...Array.from({ length: 300 }, (_, index) => ({ costNanoUsd: index, client: `client-${index % 7}` })),
  );
  const { collection } = bed.store.usageBuckets;
  const original = collection.bulkWrite.bind(collection);
  let calls = 0;
  const flaky = vi.spyOn(collection, 'bulkWrite').mockImplementation(async (...args) => {
    calls += 1;
    const result = await original(...args);
    if (calls % 3 === 0) throw new Error('killed after the write');
    return result;
  });
  const chunks = Array.from({ length: 30 }, (_, index) => all.slice(index * 10, index * 10 + 10));
  await Promise.allSettled(chunks.map((chunk, index) => countAttempts(bed.store, chunk, index)));
  flaky.mockRestore();
  expect(await sumOf('requests')).toBe(await bed.store.attempts.countDocuments({ counted: true }));
  const left = await findUncounted(bed.store, new Date(Date.now() + 1), 1_000);
  expect(left.length).toBeGreaterThan(0);
  await countAttempts(bed.store, left, 0);
  expect(await sumOf('requests')).toBe(300);
  expect(await sumOf('costNanoUsd')).toBe((299 * 300) / 2);
});

it('finds the uncounted, longest ago first, without those that are too young', async () => {
  const now = Date.now();
  const [young, old, older] = await settle(
    { settledAt: new Date(now) },
    { settledAt: new Date(now - 10_000) },
    { settledAt: new Date(now - 20_000) },
  );
  const found = await findUncounted(bed.store, new Date(now - 5_000), 10);
  expect(found).toEqual([older, old]);
  expect(found).not.toContain(young);
});

it('sums up a job anew whose attempt was settled after its end, by somebody who died before it could', async () => {
  const late = buildJob({ state: 'succeeded', settledBy: 'other' });
  const own = buildJob({ state: 'succeeded', settledBy: 'token', finishedAt: new Date(Date.now() + 60_000) });
  const open = buildJob({ state: 'processing' });
  await bed.store.jobs.create([late, own, open]);
  const ids = await settle(...[late, own, open].map(({ _id: jobId }) => ({ jobId, costNanoUsd: 7 })));
  await countAttempts(bed.store, ids, 0);
  const costs = await bed.store.jobs.find({ _id: { $in: [late._id, own._id, open._id] } }).sort({ _id: 1 });
  expect(costs.map(({ usage }) => usage.costNanoUsd)).toEqual([7, 0, 0]);
});

it('asks no more for many such jobs than for one', async () => {
  async function countReads(jobCount: number) {
    const jobs = Array.from({ length: jobCount }, () => buildJob({ state: 'succeeded', settledBy: 'other' }));
    await toNative(bed.store.jobs).insertMany(jobs);
    const ids = await settle(...jobs.map(({ _id: jobId }) => ({ jobId, costNanoUsd: 7 })));
    const profiled = await profileQueries(bed.store, () => countAttempts(bed.store, ids, 0));
    const ofJobs = { _id: { $in: jobs.map(({ _id }) => _id) }, 'usage.costNanoUsd': 7 };
    expect(await bed.store.jobs.countDocuments(ofJobs)).toBe(jobCount);
    return profiled.filter(({ op }) => op === 'query').length;
  }
  expect(await countReads(20)).toBe(await countReads(1));
});

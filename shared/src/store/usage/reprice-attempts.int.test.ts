import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildAttempt, buildAttemptEnd, buildJob } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { AttemptDocument, AttemptEnd } from '../attempts/model.ts';
import { toNative } from '../define-model.ts';
import { inTransaction } from '../transaction.ts';
import { countAttempts } from './count-attempts.ts';
import { isChanged, findRepriced, writeRepriced, type RepricePlace } from './reprice-attempts.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.store.attempts.deleteMany({});
  await bed.store.usageBuckets.deleteMany({});
});

type Settled = Partial<AttemptDocument & Omit<AttemptEnd, 'outcome'>>;
/** Attempts of 100 and 10 tokens for 1,000 nano-dollars each, a second apart, unless said otherwise. */
async function settle(...overrides: Settled[]) {
  const start = Date.parse('2026-03-04T05:00:00Z');
  const settled = overrides.map((override, index) => ({
    ...buildAttempt(),
    ...buildAttemptEnd(),
    settledAt: new Date(start + index * 1_000),
    ...override,
  }));
  await toNative(bed.store.attempts).insertMany(settled);
  return settled.map(({ _id }) => _id);
}
const PRICE = { inputUsdPerMillion: 1, outputUsdPerMillion: 5 };
/** What 100 and 10 tokens come to then. */
const COST = 150_000;
const RANGE = {
  providerId: 'prv_1',
  model: 'gpt-4o-mini',
  from: new Date('2026-03-04T00:00:00Z'),
  to: new Date('2026-03-05T00:00:00Z'),
};

const step = (after: RepricePlace | null = null, price = PRICE) =>
  inTransaction(bed.store, async (session) => {
    const found = await findRepriced(bed.store, { ...RANGE, after }, price, session);
    await writeRepriced(bed.store, found.attempts, new Date(), session);
    return { last: found.last, changed: found.attempts.filter(isChanged).length };
  });
const read = (id: string | undefined) => bed.store.attempts.findById(id).lean<AttemptDocument>();

interface Sums {
  cost: number;
  unpriced: number;
}
async function readSums(): Promise<{ attempts: Sums; buckets: Sums }> {
  const [attempts = { cost: 0, unpriced: 0 }] = await bed.store.attempts.aggregate<Sums>([
    {
      $group: {
        _id: null,
        cost: { $sum: '$costNanoUsd' },
        unpriced: { $sum: { $cond: [{ $eq: ['$pricing', 'unpriced'] }, 1, 0] } },
      },
    },
    { $unset: '_id' },
  ]);
  const [buckets = { cost: 0, unpriced: 0 }] = await bed.store.usageBuckets.aggregate<Sums>([
    { $group: { _id: null, cost: { $sum: '$costNanoUsd' }, unpriced: { $sum: '$pricing.unpriced' } } },
    { $unset: '_id' },
  ]);
  return { attempts, buckets };
}

it('prices what was counted and what was not, and usage has the same sum as the attempts', async () => {
  const ids = await settle({}, { costNanoUsd: null, pricing: 'unpriced', priceVersion: null }, {}, {});
  await countAttempts(bed.store, ids.slice(0, 3), 2);
  expect(await step()).toEqual({ last: null, changed: 4 });
  await countAttempts(bed.store, ids.slice(3), 5);
  const sums = await readSums();
  expect(sums.attempts).toEqual({ cost: 4 * COST, unpriced: 0 });
  expect(sums.buckets).toEqual(sums.attempts);
  expect(await read(ids[1])).toMatchObject({
    costNanoUsd: COST,
    pricing: 'priced',
    priceVersion: 'override:1/5',
    repriced: { from: { costNanoUsd: null, pricing: 'unpriced', priceVersion: null } },
  });
});

it('gets on by steps of bounded size where most of the range is of another model', async () => {
  const other = { provider: { id: 'prv_1', name: 'main', type: 'openai' as const, model: 'gpt-3.5-turbo' } };
  await settle(...Array.from({ length: 2_500 }, () => other), {});
  const first = await step();
  expect(first).toMatchObject({ changed: 0, last: { settledAt: expect.any(Date) } });
  expect(await step(first.last)).toEqual({ changed: 1, last: null });
});

it('changes nothing when it is repeated, and keeps the first price of what is priced a third time', async () => {
  const [id] = await settle({});
  await step();
  expect((await step()).changed).toBe(0);
  await step(null, { inputUsdPerMillion: 2, outputUsdPerMillion: 5 });
  expect(await read(id)).toMatchObject({
    costNanoUsd: 250_000,
    repriced: { from: { costNanoUsd: 1_000, priceVersion: 'test' } },
  });
});

it('leaves alone what cost nothing at any price, what nobody knows the tokens of, and what is not meant', async () => {
  const unknown = { inputTokens: 0, outputTokens: 0 };
  await settle(
    { ...unknown, pricing: 'free', costNanoUsd: 0 },
    { ...unknown, pricing: 'estimated', costNanoUsd: 7 },
    { ...unknown, pricing: 'unpriced', costNanoUsd: null },
    { settledAt: RANGE.to },
    { settledAt: new Date(RANGE.from.getTime() - 1) },
    { provider: { id: 'prv_1', name: 'main', type: 'openai', model: 'another' } },
    { provider: { id: 'prv_2', name: 'spare', type: 'openai', model: 'gpt-4o-mini' } },
    { outcome: 'pending', settledAt: null },
  );
  const found = await inTransaction(bed.store, (session) =>
    findRepriced(bed.store, { ...RANGE, after: null }, PRICE, session),
  );
  expect(found.attempts.map(({ left }) => left)).toEqual([null, 'tokens_unknown', 'tokens_unknown']);
  expect(found.attempts.filter(isChanged)).toEqual([]);
});

it('sums up the jobs again, ended or waiting, and leaves those that somebody works on', async () => {
  const usage = { inputTokens: 100, outputTokens: 10, costNanoUsd: 1_000, pricing: 'priced' as const };
  const states = ['succeeded', 'deferred', 'processing'] as const;
  const jobs = states.map((state) => buildJob({ state, usage }));
  await bed.store.jobs.create(jobs);
  const ids = await settle(...jobs.map(({ _id: jobId }) => ({ jobId })));
  await countAttempts(bed.store, ids, 0);
  expect((await step()).changed).toBe(2);
  const costs = await Promise.all(jobs.map(({ _id }) => bed.store.jobs.findById(_id).lean()));
  expect(costs.map((job) => job?.usage.costNanoUsd)).toEqual([COST, COST, 1_000]);
});

it('comes out right while attempts are being counted and priced by several at once', async () => {
  const ids = await settle(...Array.from({ length: 150 }, () => ({})));
  const chunks = Array.from({ length: 15 }, (_, index) => ids.slice(index * 10, index * 10 + 10));
  const counting = chunks.map((chunk, index) => countAttempts(bed.store, chunk, index % 8));
  await Promise.all([
    ...counting,
    step(),
    step(null, { inputUsdPerMillion: 3, outputUsdPerMillion: 0 }),
    step(),
  ]);
  const sums = await readSums();
  expect(sums.buckets).toEqual(sums.attempts);
  expect([150 * COST, 150 * 300_000]).toContain(sums.attempts.cost);
});

it('goes through a range step by step, also where all was settled in the same millisecond', async () => {
  const settledAt = new Date('2026-03-04T07:00:00Z');
  await settle(...Array.from({ length: 450 }, () => ({ settledAt })));
  let place: RepricePlace | null = null;
  let changed = 0;
  let steps = 0;
  do {
    const done: Awaited<ReturnType<typeof step>> = await step(place);
    place = done.last;
    changed += done.changed;
    steps += 1;
  } while (place);
  expect({ steps, changed }).toEqual({ steps: 3, changed: 450 });
});

it('looks only at what it prices', async () => {
  const early = new Date('2026-03-01T00:00:00Z');
  await settle(...Array.from({ length: 500 }, () => ({ settledAt: early })), {}, {});
  const queries = await profileQueries(bed.store, () => step());
  const finding = queries.find(({ collection, op }) => collection === 'attempts' && op === 'query');
  expect(finding?.plan).toContain('IXSCAN');
  expect(finding?.docsExamined).toBeLessThanOrEqual(2);
});

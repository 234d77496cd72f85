import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../ids.ts';
import { providerUsage } from '../../contracts/usage.ts';
import { buildAttempt, buildAttemptEnd } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { AttemptDocument, AttemptEnd } from '../attempts/model.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { countAttempts } from './count-attempts.ts';
import { readProviderUsage } from './read-provider-usage.ts';

const now = Date.parse('2026-03-04T12:30:00Z');
let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

async function setup(overrides: { monthlyBudgetUsd?: number | null; deletedAt?: Date } = {}) {
  const [local] = await bed.store.providers.find({ name: 'local' }).lean();
  const _id = createId('prv');
  const { monthlyBudgetUsd = null, deletedAt = null } = overrides;
  const configuration = { model: 'gpt-4o-mini', monthlyBudgetUsd };
  await bed.store.providers.collection.insertOne({
    ...local,
    _id,
    name: _id,
    nameKey: _id,
    configuration,
    deletedAt,
  } as never);
  return _id;
}
async function use(providerId: string, at: string, overrides: Partial<AttemptDocument & AttemptEnd> = {}) {
  const provider = { id: providerId, name: 'main', type: 'openai' as const, model: 'gpt-4o-mini' };
  const attempt = {
    ...buildAttempt({ provider }),
    ...buildAttemptEnd(),
    settledAt: new Date(at),
    ...overrides,
  };
  await bed.store.attempts.create(attempt);
  await countAttempts(bed.store, [attempt._id], Math.floor(Math.random() * 8));
}
const read = async (id: string, range: Partial<Parameters<typeof readProviderUsage>[2]> = {}) => {
  const provider = await bed.store.providers.findById(id).orFail().lean<ProviderDocument>();
  return providerUsage.parse(
    await readProviderUsage(bed.store, provider, { interval: 'hour', ...range }, { now }),
  );
};

it('adds up the last 24 hours over all shards, with a row for each hour that had any', async () => {
  const id = await setup();
  await use(id, '2026-03-04T12:29:00Z', { durationMs: 100 });
  await use(id, '2026-03-04T12:01:00Z', { durationMs: 300 });
  await use(id, '2026-03-04T10:00:00Z', { outcome: 'failed', fault: 'silent', costNanoUsd: 0 });
  await use(id, '2026-03-03T11:59:59Z');
  const usage = await read(id);
  expect(usage.totals).toMatchObject({
    requestCount: 3,
    successCount: 2,
    errorCount: 1,
    errorsByFault: { silent: 1 },
    avgResponseTimeMs: 200,
    inputTokens: 300,
    totalCostUsd: 0.000002,
    pricing: 'priced',
    unpricedCount: 0,
  });
  expect(usage.totals.p50Ms).toBeGreaterThan(97);
  expect(usage.totals.p50Ms).toBeLessThan(103);
  expect(usage.series.map(({ at, requestCount }) => ({ at, requestCount }))).toEqual([
    { at: '2026-03-04T10:00:00.000Z', requestCount: 1 },
    { at: '2026-03-04T12:00:00.000Z', requestCount: 2 },
  ]);
});

it('joins hours to days in UTC', async () => {
  const id = await setup();
  for (const at of ['2026-03-01T00:00:00Z', '2026-03-01T23:59:59Z', '2026-03-02T00:00:00Z'])
    await use(id, at);
  const { series } = await read(id, { from: new Date('2026-03-01T00:00:00Z'), interval: 'day' });
  expect(series.map(({ at, requestCount }) => [at, requestCount])).toEqual([
    ['2026-03-01T00:00:00.000Z', 2],
    ['2026-03-02T00:00:00.000Z', 1],
  ]);
});

it('keeps tests, drills and checks out of the totals, but not out of what was spent', async () => {
  const id = await setup({ monthlyBudgetUsd: 5 });
  await use(id, '2026-03-04T12:00:00Z', { costNanoUsd: 1e9 });
  await use(id, '2026-03-04T12:00:00Z', { costNanoUsd: 1e9, purpose: 'drill' });
  await use(id, '2026-03-01T00:00:00Z', { costNanoUsd: 5e8, purpose: 'health', pricing: 'estimated' });
  await use(id, '2026-02-28T23:00:00Z', { costNanoUsd: 1e9 });
  const usage = await read(id);
  expect(usage.totals).toMatchObject({ requestCount: 1, totalCostUsd: 1 });
  expect(usage.budget).toEqual({ limitUsd: 5, spentUsd: 2.5, reservedUsd: 0 });
});

it('never shows an unknown price as nothing', async () => {
  const id = await setup();
  await use(id, '2026-03-04T12:00:00Z', { costNanoUsd: null, pricing: 'unpriced' });
  expect((await read(id)).totals).toMatchObject({
    totalCostUsd: null,
    pricing: 'unpriced',
    unpricedCount: 1,
  });
  await use(id, '2026-03-04T12:00:00Z');
  expect((await read(id)).totals).toMatchObject({
    totalCostUsd: 0.000001,
    pricing: 'partial',
    unpricedCount: 1,
  });
});

it('is empty, without a made-up number, where nothing was used', async () => {
  const usage = await read(await setup());
  expect(usage.series).toEqual([]);
  expect(usage.totals).toMatchObject({
    requestCount: 0,
    avgResponseTimeMs: null,
    p95Ms: null,
    pricing: null,
  });
  expect(usage.budget).toBeNull();
});

it('stays readable when the provider was deleted', async () => {
  const id = await setup({ deletedAt: new Date() });
  await use(id, '2026-03-04T12:00:00Z');
  expect((await read(id)).totals.requestCount).toBe(1);
});

it('refuses a range that ends before it begins', async () => {
  const id = await setup();
  await expect(read(id, { from: new Date(now + 7_200_000) })).rejects.toMatchObject({
    code: 'validation_failed',
  });
});

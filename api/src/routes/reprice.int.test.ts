import { createClient } from '@understudy/shared/client/client';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import { countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { readSpent } from '@understudy/shared/store/usage/read-spent';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const clock = { now: () => NOW, monotonic: () => performance.now() };
let api: TestApi;
let provider: { id: string; name: string };
let made = 0;
beforeAll(async () => {
  api = await startTestApi({ clock });
});
afterAll(() => api.close());
beforeEach(async () => {
  const name = `priced-${(made += 1)}`;
  const configuration = { model: 'own', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 5 } };
  const body = { name, type: 'openai-compatible', baseUrl: 'http://127.0.0.1:2/v1', configuration };
  provider = (await api.admin('POST', '/api/providers', { body })).body;
});

type Used = Partial<AttemptDocument & Omit<AttemptEnd, 'outcome'>>;
/** A settled attempt of an ended job: 100 and 10 tokens that had no price. */
async function use({ settledAt = new Date(NOW - 1_000), ...used }: Used = {}) {
  const job = buildJob({
    state: 'succeeded',
    attemptCount: 1,
    finishedAt: settledAt,
    usage: { inputTokens: 100, outputTokens: 10, costNanoUsd: null, pricing: 'unpriced' },
  });
  const reference = {
    id: provider.id,
    name: provider.name,
    type: 'openai-compatible' as const,
    model: 'own',
  };
  const end = buildAttemptEnd({ costNanoUsd: null, pricing: 'unpriced', priceVersion: null });
  const attempt = { ...buildAttempt({ jobId: job._id, provider: reference }), ...end, settledAt, ...used };
  await api.bed.store.jobs.create(job);
  await api.bed.store.attempts.create(attempt);
  await countAttempts(api.bed.store, [attempt._id], 0);
  return job._id;
}
const from = '2020-01-01T00:00:00Z';
const reprice = (body: object) => api.admin('POST', `/api/providers/${provider.name}/reprice`, { body });
const usage = async () =>
  (await api.admin('GET', `/api/providers/${provider.id}/usage?from=2026-01-01&to=2027-01-01&interval=day`))
    .body;
const audited = () =>
  api.bed.store.audit.find({ action: 'provider.repriced', 'target.id': provider.id }).lean();

it('says what would change and changes nothing, unless it is told to', async () => {
  await use();
  const { status, body } = await reprice({ from });
  expect(status).toBe(200);
  expect(body).toEqual({
    matched: 1,
    changed: 1,
    left: { tokensUnknown: 0, underWay: 0 },
    before: { costUsd: null, pricing: 'unpriced', unpricedCount: 1, estimatedUsd: 0 },
    after: { costUsd: 0.00015, pricing: 'priced', unpricedCount: 0, estimatedUsd: 0 },
    model: 'own',
    priceVersion: 'override:1/5',
    dryRun: true,
    nextCursor: null,
  });
  expect((await usage()).totals).toMatchObject({ totalCostUsd: null, unpricedCount: 1 });
  expect(await audited()).toEqual([]);
});

it('changes usage, job and attempt alike, and is on the audit log with before and after', async () => {
  const jobId = await use();
  await use({ pricing: 'estimated', costNanoUsd: 1_000, inputTokens: 0, outputTokens: 0 });
  const client = createClient({ baseUrl: api.url, token: api.adminToken });
  const result = await client.providers.reprice(provider.id, { from, dryRun: false });
  expect(result).toMatchObject({ matched: 2, changed: 1, left: { tokensUnknown: 1 }, dryRun: false });
  expect((await usage()).totals).toMatchObject({
    totalCostUsd: 0.000151,
    pricing: 'estimated',
    unpricedCount: 0,
  });
  const { body: job } = await api.admin('GET', `/api/classifications/${jobId}`);
  expect(job.usage).toMatchObject({ costUsd: 0.00015, pricing: 'priced' });
  expect(job.attempts[0]).toMatchObject({
    costUsd: 0.00015,
    priceVersion: 'override:1/5',
    repriced: { costUsd: null, pricing: 'unpriced', priceVersion: null },
  });
  expect(await audited()).toMatchObject([
    {
      actor: { name: 'bootstrap' },
      before: result.before,
      after: { ...result.after, changed: 1, priceVersion: 'override:1/5' },
    },
  ]);
  await reprice({ from, dryRun: false });
  expect(await audited()).toHaveLength(1);
});

it('tells the fleet what it changed of this month’s spend, and leaves other months to the ledger', async () => {
  await use();
  await use({ settledAt: new Date('2026-01-15T00:00:00Z') });
  const versions = await api.bed.store.versions.findById('versions').lean();
  await reprice({ from, dryRun: false });
  const first = await readSpent(api.bed.store, provider.id, '2026-06');
  expect(first).toMatchObject({ spent: 150_000, correction: { revision: 1, nanoUsd: 150_000 } });
  const later = await api.bed.store.versions.findById('versions').lean();
  expect(later?.providers).toBeGreaterThan(versions?.providers ?? Infinity);
  await api.admin('PATCH', `/api/providers/${provider.id}`, {
    body: { configuration: { price: { inputUsdPerMillion: 0, outputUsdPerMillion: 5 } } },
  });
  await reprice({ from, dryRun: false });
  const second = await readSpent(api.bed.store, provider.id, '2026-06');
  expect(second).toMatchObject({ spent: 50_000, correction: { revision: 2, nanoUsd: 50_000 } });
});

it('goes on at its cursor, and has one audit row of a call of several steps', async () => {
  const jobId = await use();
  const [attempt] = await api.bed.store.attempts.find({ jobId }).lean<AttemptDocument[]>();
  const many = Array.from({ length: 450 }, (_, number) => ({
    ...attempt,
    _id: `att_X${number}`,
    jobId: `job_none${number}`,
    number,
  }));
  await api.bed.store.attempts.insertMany(many);
  expect((await reprice({ from, dryRun: false })).body).toMatchObject({ matched: 451, changed: 451 });
  expect(await audited()).toMatchObject([{ after: { changed: 451, costUsd: 0.06765 } }]);
  expect((await reprice({ from, cursor: 'bm8' })).body.code).toBe('invalid_cursor');
});

it('needs a price of the provider’s own, a range and the scope', async () => {
  const local = await api.admin('POST', '/api/providers/local/reprice', { body: { from } });
  expect(local).toMatchObject({ status: 422, body: { errors: [{ code: 'no_price' }] } });
  await api.admin('PATCH', `/api/providers/${provider.id}`, { body: { configuration: { price: null } } });
  expect((await reprice({ from })).body.detail).toContain('configuration.price');
  expect(await reprice({})).toMatchObject({ status: 422, body: { errors: [{ pointer: '/from' }] } });
  expect((await reprice({ from, to: '2019-01-01' })).status).toBe(422);
  const reader = await api.as({ scopes: ['providers:read'] });
  const body = { from };
  expect((await reader('POST', `/api/providers/${provider.id}/reprice`, { body })).status).toBe(403);
});

import { createId } from '@understudy/shared/ids';
import { recordHealthCheck } from '@understudy/shared/store/health/record-health-check';
import { flagProvider } from '@understudy/shared/store/providers/flag-provider';
import { readSample } from '@understudy/shared/testing/operations/read-sample';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const MAIN = {
  name: 'main',
  type: 'openai',
  apiKey: 'sk-0123456789',
  configuration: { model: 'gpt-4o-mini', monthlyBudgetUsd: 2 },
};

let aheadMs = 0;
let api: TestApi;
beforeAll(async () => {
  const clock = { now: () => Date.now(), monotonic: () => performance.now() + aheadMs };
  api = await startTestApi({ clock });
});
afterAll(() => api.close());

/** By a clock on which nothing that was read before is kept. */
async function scrape(): Promise<string> {
  aheadMs += 60_000;
  return (await api.admin('GET', '/metrics')).text;
}
const create = async (body: object) =>
  (await api.admin('POST', '/api/providers', { body })).body.id as string;

it('tells of each provider as long as it is there', async () => {
  const { store } = api.bed;
  const providerId = await create(MAIN);
  const provider = 'main';
  const begun = await scrape();
  expect(readSample(begun, 'understudy_provider_enabled', { provider, type: 'openai' })).toBe(1);
  expect(readSample(begun, 'understudy_provider_health', { provider, status: 'unknown' })).toBe(1);
  expect(readSample(begun, 'understudy_provider_last_check_timestamp_seconds', { provider })).toBe(0);
  expect(readSample(begun, 'understudy_provider_flagged', { provider, reason: 'quota' })).toBe(0);
  expect(readSample(begun, 'understudy_provider_budget_limit_usd', { provider })).toBe(2);
  expect(readSample(begun, 'understudy_provider_budget_spent_usd', { provider })).toBe(0);
  expect(readSample(begun, 'understudy_provider_budget_limit_usd', { provider: 'local' })).toBeNull();

  const check = { providerId, deep: false, responseTimeMs: 10, errorMessage: null };
  const decide = (_: unknown, status: 'healthy' | 'down' | 'degraded' | 'unknown') => ({
    status,
    dissent: null,
  });
  for (const [at, found] of [[1_000, 'healthy'] as const, [2_000, 'down'] as const]) {
    await recordHealthCheck(store, { ...check, _id: createId('job'), at: new Date(at), found }, decide);
  }
  const document = await store.providers.findById(providerId).lean();
  await flagProvider(store, document!, { reason: 'quota', message: 'No credit.' });
  await store.attempts.collection.insertOne({
    _id: createId('att'),
    counted: false,
    settledAt: new Date(),
    outcome: 'succeeded',
    provider: { id: providerId },
    costNanoUsd: 2e9,
  } as never);
  const later = await scrape();
  expect(readSample(later, 'understudy_provider_health', { provider, status: 'down' })).toBe(1);
  expect(readSample(later, 'understudy_provider_last_check_timestamp_seconds', { provider })).toBe(2);
  expect(readSample(later, 'understudy_provider_last_healthy_timestamp_seconds', { provider })).toBe(1);
  expect(readSample(later, 'understudy_provider_flagged', { provider, reason: 'quota' })).toBe(1);
  expect(readSample(later, 'understudy_provider_budget_spent_usd', { provider })).toBe(2);
  expect(readSample(later, 'understudy_provider_budget_exhausted', { provider })).toBe(1);

  await api.admin('DELETE', '/api/providers/main');
  expect(await scrape()).not.toContain('provider="main"');
});

it('says nothing of the health of a provider that is not checked', async () => {
  await create({ ...MAIN, name: 'off', enabled: false });
  const text = await scrape();
  expect(readSample(text, 'understudy_provider_enabled', { provider: 'off' })).toBe(0);
  expect(
    readSample(text, 'understudy_provider_last_check_timestamp_seconds', { provider: 'off' }),
  ).toBeNull();
});

it('tells of the settings that its alerts go by', async () => {
  expect(readSample(await scrape(), 'understudy_dispatch_paused')).toBe(0);
  expect(readSample(await scrape(), 'understudy_health_check_interval_seconds')).toBe(30);
  await api.admin('POST', '/api/providers/config', { body: { paused: true } });
  await api.context.watcher.refresh();
  expect(readSample(await scrape(), 'understudy_dispatch_paused')).toBe(1);
});

import { createClient } from '@understudy/shared/client/client';
import { rollUpAnswers } from '@understudy/shared/store/answer-stats/roll-up-answers';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
const ids: Record<string, string> = {};
const jobIds: string[] = [];
const NOW = Date.now();

async function addProvider(name: string) {
  const body = { name, type: 'openai', apiKey: 'sk-12345678', configuration: { model: 'm' } };
  ids[name] = (await api.admin('POST', '/api/providers', { body })).body.id;
}
const toReference = (name: string) => ({ id: ids[name] ?? '', name, type: 'openai', model: 'm' }) as const;

async function answer(name: string, labels: [string, number][], overrides: Partial<JobDocument> = {}) {
  const given = labels.map(([label, confidence]) => ({ name: label, confidence }));
  const job = buildJob({
    state: 'succeeded',
    createdAt: new Date(NOW - 60_000),
    finishedAt: new Date(NOW - 30_000),
    multiLabel: true,
    result: { label: given[0]?.name ?? null, labels: given, rationale: null },
    provider: toReference(name),
    ...overrides,
  });
  await api.bed.store.jobs.create(job);
  jobIds.push(job._id);
}

async function attempt(name: string, ...ends: Partial<Parameters<typeof buildAttemptEnd>[0]>[]) {
  const made = ends.map((end) => ({
    ...buildAttempt({ provider: toReference(name), settledAt: new Date() }),
    ...buildAttemptEnd({ durationMs: 100, costNanoUsd: 1_000_000, ...end }),
  }));
  await api.bed.store.attempts.insertMany(made);
  await countAttempts(
    api.bed.store,
    made.map(({ _id }) => _id),
    0,
  );
}

beforeAll(async () => {
  api = await startTestApi();
  for (const name of ['main', 'gone', 'never']) await addProvider(name);
  await answer('main', [['bug', 0.9]]);
  await answer('main', [
    ['bug', 0.7],
    ['billing', 0.6],
  ]);
  await answer('main', []);
  await answer('gone', [['billing', 0.5]], { degraded: true });
  await attempt(
    'main',
    {},
    {},
    {},
    { outcome: 'failed', fault: 'timeout', costNanoUsd: 0 },
    { outcome: 'failed', fault: 'content_filter', costNanoUsd: 0 },
    { outcome: 'aborted', fault: null, costNanoUsd: 0 },
  );
  await attempt('gone', { costNanoUsd: null, pricing: 'unpriced' });
  for (const name of ['gone', 'never']) await api.admin('DELETE', `/api/providers/${ids[name]}`);
});
afterAll(() => api.close());

const read = async (path: string, as = api.admin) => (await as('GET', `/api/stats/${path}`)).body;

it('compares what the providers did, deleted ones with traffic among them', async () => {
  const { window, data } = await read('providers');
  expect(window).toBe('24h');
  const local = {
    attempts: 0,
    answered: 0,
    share: 0,
    successRatio: null,
    costPerThousandUsd: null,
    pricing: null,
  };
  expect(data).toMatchObject([
    {
      provider: { id: ids['main'], name: 'main', type: 'openai', model: 'm' },
      deleted: false,
      attempts: 6,
      answered: 3,
      degraded: 0,
      share: 0.75,
      successRatio: 0.75,
      errorsByFault: { timeout: 1, content_filter: 1 },
      costUsd: 0.003,
      pricing: 'priced',
      costPerThousandUsd: 1,
      avgConfidence: 0.8,
    },
    {
      provider: { id: ids['gone'], name: 'gone' },
      deleted: true,
      answered: 1,
      degraded: 1,
      share: 0.25,
      costUsd: null,
      pricing: 'unpriced',
      unpricedCount: 1,
      costPerThousandUsd: null,
    },
    { provider: { name: 'local' }, deleted: false, avgConfidence: null, ...local },
  ]);
  expect(data).toHaveLength(3);
  expect(data[0].p95Ms).toBeCloseTo(100, -1);
});

it('counts labels, of all or of one provider, who is in the rows then', async () => {
  expect(await read('labels?window=1h')).toEqual({
    window: '1h',
    answered: 4,
    data: [
      { label: 'billing', count: 2, share: 0.5, avgConfidence: 0.55, corrected: 0, agreed: 0 },
      { label: 'bug', count: 2, share: 0.5, avgConfidence: 0.8, corrected: 0, agreed: 0 },
    ],
    others: 0,
  });
  const provider = { id: ids['main'], name: 'main', type: 'openai', model: 'm' };
  const ofMain = await read('labels?provider=MAIN');
  expect(ofMain).toMatchObject({
    answered: 3,
    data: [
      { label: 'bug', count: 2, provider },
      { label: 'billing', count: 1, provider },
    ],
  });
  expect(await read(`labels?provider=${ids['main']}`)).toEqual(ofMain);
  expect(await read(`labels?provider=${ids['gone']}`)).toMatchObject({
    data: [{ label: 'billing', count: 1 }],
  });
});

it('counts a correction at once, until it is taken back, whether its answer was rolled up or not', async () => {
  const client = await api.as({ scopes: ['jobs:write'] });
  const [, second = ''] = jobIds;
  const figures = async () => {
    const { data } = await read('providers');
    const { data: rows } = await read('labels');
    return [data[0].corrected, data[0].agreed, ...rows.map((row: { agreed: number }) => row.agreed)];
  };
  for (const rollUpBetween of [false, true]) {
    const say = (labels: string[]) =>
      client('PUT', `/api/classifications/${second}/correction`, { body: { labels } });
    await say(['billing', 'bug']);
    expect(await figures()).toEqual([1, 1, 1, 1]);
    if (rollUpBetween) await rollUpAnswers(api.bed.store, Date.now() + 60_000);
    await say(['bug']);
    expect(await figures()).toEqual([1, 0, 0, 1]);
    await client('DELETE', `/api/classifications/${second}/correction`);
    expect(await figures()).toEqual([0, 0, 0, 0]);
  }
});

it('refuses what it does not know, and who may not', async () => {
  expect(await read('labels?provider=nobody')).toMatchObject({ status: 404, code: 'provider_not_found' });
  for (const path of ['providers?window=2h', 'providers?provider=main', 'labels?label=bug']) {
    expect(await read(path)).toMatchObject({ status: 422 });
  }
  const jobs = await api.as({ scopes: ['jobs:write'] });
  expect(await read('providers', jobs)).toMatchObject({ code: 'forbidden' });
  expect(await read('labels', jobs)).toMatchObject({ code: 'forbidden' });
});

it('is read by the client', async () => {
  const { token } = await api.as({ scopes: ['providers:read'] });
  const { stats } = createClient({ baseUrl: api.url, token });
  const compared = await stats.providers('7d');
  expect([compared.window, compared.data[0]?.answered]).toEqual(['7d', 3]);
  expect((await stats.labels({ window: '30d', provider: 'main' })).data[0]).toMatchObject({
    label: 'bug',
    count: 2,
  });
  expect((await stats.labels()).answered).toBe(4);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from '@understudy/shared/client/client';
import { alertPage, type Alert } from '@understudy/shared/contracts/alert';
import { changeAlertCondition } from '@understudy/shared/store/alerts/conditions';
import type { AlertWords } from '@understudy/shared/store/alerts/model';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const AT = new Date('2026-11-04T12:00:00Z');
let api: TestApi;
let client: Client;
beforeAll(async () => {
  api = await startTestApi({ config: { PUBLIC_URL: 'https://understudy.test/' } });
  client = createClient({ baseUrl: api.url, token: api.adminToken });
  const condition = { cause: 'x', beganAt: AT, endedAt: null };
  for (const [index, words] of [DOWN, STALLED].entries()) {
    const change = { id: `c/${index}`, revision: 0, next: condition, words, lasts: true, at: AT };
    await changeAlertCondition(api.bed.store, change);
  }
  const recovered = { ...condition, cause: null };
  const over = { id: 'c/0', revision: 1, next: recovered, words: RECOVERED, lasts: false, at: AT };
  await changeAlertCondition(api.bed.store, over);
});
afterAll(() => api.close());

const main = { providerId: 'prv_1', name: 'main' };
const path = '/advanced/providers/prv_1';
const DOWN: AlertWords = {
  type: 'provider.down',
  path,
  data: {
    ...main,
    summary: 'Down.',
    status: 'down',
    errorMessage: null,
    checkedAt: AT.toISOString(),
    providersLeft: 1,
  },
};
const RECOVERED: AlertWords = {
  type: 'provider.recovered',
  path,
  data: {
    ...main,
    summary: 'Up.',
    status: 'healthy',
    responseTimeMs: 5,
    downSince: AT.toISOString(),
    downForMs: 9,
  },
};
const STALLED: AlertWords = {
  type: 'queue.stalled',
  path: '/',
  data: { summary: 'Waits.', oldestJobId: 'job_1', oldestWaitingMs: 360_000, waiting: 2 },
};
const disabled = (owner: string): AlertWords => ({
  type: 'webhook.disabled',
  path: '/',
  data: {
    summary: `Of ${owner}.`,
    webhookId: `whk_${owner}`,
    client: owner,
    host: `${owner}.test`,
    reason: 'Gone.',
  },
});

it('lists what lasts and what is over, newest first, with the page that shows it', async () => {
  const page = alertPage.parse(await client.alerts.list());
  expect(page.data.map(({ type, endedAt }) => [type, endedAt])).toEqual([
    ['provider.recovered', AT.toISOString()],
    ['queue.stalled', null],
    ['provider.down', AT.toISOString()],
  ]);
  expect(page.data[0]?.data.url).toBe(`https://understudy.test${path}`);
});

it('narrows the list, page by page', async () => {
  const typesOf = async (filter: Parameters<Client['alerts']['list']>[0]) =>
    (await client.alerts.list(filter)).data.map(({ type }) => type);
  expect(await typesOf({ open: true })).toEqual(['queue.stalled']);
  expect(await typesOf({ open: false })).toEqual(['provider.recovered', 'provider.down']);
  expect(await typesOf({ type: 'provider.down' })).toEqual(['provider.down']);
  const { nextCursor } = await client.alerts.list({ limit: 2 });
  expect(await typesOf({ cursor: nextCursor! })).toEqual(['provider.down']);
});

it('names the endpoints of other clients to administrators only', async () => {
  for (const owner of ['shop', 'blog']) {
    const words = disabled(owner);
    const next = { cause: 'x', beganAt: AT, endedAt: null };
    await changeAlertCondition(api.bed.store, { id: owner, revision: 0, next, words, lasts: true, at: AT });
  }
  const shop = await api.as({ scopes: ['providers:read'], client: 'shop' });
  const read = async (query: string) => {
    const { body, text } = await shop('GET', `/api/alerts?${query}`);
    expect(text).not.toMatch(/blog/);
    return (body as { data: Alert[] }).data.map(({ type }) => type);
  };
  const others = ['provider.recovered', 'queue.stalled', 'provider.down'];
  expect(await read('')).toEqual(['webhook.disabled', ...others]);
  expect(await read('type=webhook.disabled&open=true')).toEqual(['webhook.disabled']);
  expect(await read('limit=1')).toEqual(['webhook.disabled']);
  expect((await client.alerts.list({ type: 'webhook.disabled' })).data).toMatchObject([
    { data: { client: 'blog' } },
    { data: { client: 'shop' } },
  ]);
});

it('is for those who may read providers', async () => {
  const jobs = await api.as({ scopes: ['jobs:read'] });
  expect((await jobs('GET', '/api/alerts')).status).toBe(403);
  expect((await api.admin('GET', '/api/alerts?open=maybe')).status).toBe(422);
  expect((await api.admin('GET', '/api/alerts?cursor=x')).body.code).toBe('invalid_cursor');
});

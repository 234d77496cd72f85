import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import { createClient } from '@understudy/shared/client/client';
import { countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let main: { id: string; name: string };
let spare: typeof main;
beforeAll(async () => {
  api = await startTestApi();
  main = await add('main');
  spare = await add('spare');
  await use(main, '2026-03-04T10:10:00Z', {
    client: 'shop',
    model: 'large',
    costNanoUsd: 3e9,
    durationMs: 100,
  });
  await use(main, '2026-03-04T10:50:00Z', {
    client: 'desk',
    model: 'small',
    costNanoUsd: 1e9,
    durationMs: 300,
  });
  await use(main, '2026-03-05T00:00:00Z', {
    client: 'shop',
    model: 'small',
    costNanoUsd: null,
    pricing: 'unpriced',
  });
  await use(main, '2026-03-04T11:00:00Z', { purpose: 'drill', costNanoUsd: 5e8 });
  await use(main, '2026-03-04T11:00:00Z', { purpose: 'test', costNanoUsd: 25e7 });
  await use(main, '2026-03-04T11:00:00Z', { purpose: 'health', costNanoUsd: 125e6, pricing: 'estimated' });
  await use(spare, '2026-03-04T10:20:00Z', { client: 'desk', model: '=1+1,"x"', costNanoUsd: 8e9 });
});
afterAll(() => api.close());

async function add(name: string) {
  const body = {
    name,
    type: 'openai-compatible',
    baseUrl: 'http://127.0.0.1:2/v1',
    configuration: { model: 'small' },
  };
  const { body: made } = await api.admin('POST', '/api/providers', { body });
  return made;
}

type Used = Partial<AttemptDocument & Omit<AttemptEnd, 'outcome'>> & { model?: string };
async function use({ id, name }: typeof main, at: string, { model = 'small', ...used }: Used) {
  const provider = { id, name, type: 'openai-compatible' as const, model };
  const attempt = { ...buildAttempt({ provider }), ...buildAttemptEnd(), settledAt: new Date(at), ...used };
  await api.bed.store.attempts.create(attempt);
  await countAttempts(api.bed.store, [attempt._id], Math.floor(Math.random() * 8));
}

const MARCH = 'from=2026-03-01&to=2026-04-01&interval=day';
const read = async (path: string) =>
  (await api.admin('GET', `${path}${path.includes('?') ? '&' : '?'}${MARCH}`)).body;

describe('usage of a provider', () => {
  it('is told by model and by client, and what was no traffic apart', async () => {
    const usage = await read('/api/providers/main/usage');
    expect(usage.totals).toMatchObject({
      requestCount: 3,
      totalCostUsd: 4,
      pricing: 'partial',
      unpricedCount: 1,
    });
    expect(usage.series.map(({ at, requestCount }: Record<string, unknown>) => [at, requestCount])).toEqual([
      ['2026-03-04T00:00:00.000Z', 2],
      ['2026-03-05T00:00:00.000Z', 1],
    ]);
    expect(usage.byModel).toMatchObject([
      { model: 'large', requestCount: 1, totalCostUsd: 3, pricing: 'priced' },
      { model: 'small', requestCount: 2, totalCostUsd: 1, unpricedCount: 1 },
    ]);
    expect(usage.byClient).toMatchObject([
      { client: 'shop', requestCount: 2, totalCostUsd: 3 },
      { client: 'desk', requestCount: 1, totalCostUsd: 1 },
    ]);
    expect(usage.other).toMatchObject({
      test: { requestCount: 1, totalCostUsd: 0.25 },
      drill: { requestCount: 1, totalCostUsd: 0.5 },
      check: { requestCount: 1, totalCostUsd: 0.125, estimatedUsd: 0.125 },
    });
  });

  it('is narrowed by model and client', async () => {
    const { totals } = await read('/api/providers/main/usage?model=small&client=shop');
    expect(totals).toMatchObject({ requestCount: 1, totalCostUsd: null, pricing: 'unpriced' });
  });

  it.each([
    ['from=2020-01-01&to=2026-01-01', '10000'],
    ['from=0001-01-01&to=9999-12-31&interval=day', '10000'],
    ['from=2026-03-02&to=2026-03-01', 'before'],
  ])('refuses the range %s', async (query, why) => {
    const reply = await api.admin('GET', `/api/providers/main/usage?${query}`);
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer: '?from' }] } });
    expect(reply.body.detail).toContain(why);
  });
});

describe('usage of the fleet', () => {
  it('is the bill of a month, by provider, model and client', async () => {
    const usage = await read('/api/usage');
    expect(usage.totals).toMatchObject({ requestCount: 4, totalCostUsd: 12 });
    expect(usage.byProvider).toMatchObject([
      { provider: { name: 'spare' }, totalCostUsd: 8 },
      { provider: { id: main.id, name: 'main', type: 'openai-compatible' }, totalCostUsd: 4 },
    ]);
    expect(usage.byClient).toMatchObject([{ client: 'desk', totalCostUsd: 9 }, { client: 'shop' }]);
    expect((await read('/api/usage?provider=spare')).totals.totalCostUsd).toBe(8);
    expect((await api.admin('GET', '/api/usage?provider=nobody')).body.code).toBe('provider_not_found');
  });

  it('names only the own client without the scope admin', async () => {
    const shop = await api.as({ scopes: ['providers:read'], client: 'shop' });
    const { body } = await shop('GET', `/api/usage?${MARCH}`);
    expect(body.byClient).toMatchObject([
      { client: null, totalCostUsd: 9 },
      { client: 'shop', totalCostUsd: 3 },
    ]);
    expect((await shop('GET', `/api/usage?${MARCH}&client=shop`)).body.totals.requestCount).toBe(2);
    expect((await shop('GET', `/api/usage?${MARCH}&client=desk`)).body.code).toBe('forbidden');
    const { text } = await shop('GET', `/api/usage?${MARCH}`, { headers: { Accept: 'text/csv' } });
    expect(text).not.toContain('desk');
    expect((await (await api.as({ scopes: ['jobs:read'] }))('GET', '/api/usage')).status).toBe(403);
  });

  it('reads the buckets of the range and no others', async () => {
    const queries = await profileQueries(api.bed.store, () => read('/api/usage'));
    const buckets = queries.find(({ collection }) => collection === 'usage_buckets');
    expect(buckets?.plan).toContain('IXSCAN');
  });
});

describe('as CSV', () => {
  const csv = (path: string) => api.admin('GET', path, { headers: { Accept: 'text/csv' } });

  it('has a row for each part of the bill, and no cell that a spreadsheet would run', async () => {
    const reply = await csv(`/api/usage?${MARCH}`);
    expect(reply.headers.get('Content-Type')).toContain('text/csv');
    expect(reply.headers.get('Content-Disposition')).toBe(
      'attachment; filename="usage_2026-03-01_2026-04-01.csv"',
    );
    const [header, ...rows] = reply.text.split('\r\n');
    expect(header).toMatch(/^at,providerId,provider,model,client,purpose,requestCount,/);
    expect(rows.pop()).toBe('');
    expect(rows).toHaveLength(7);
    expect(reply.text).toContain(`,spare,"'=1+1,""x""",desk,job,1,1,0,100,10,8,priced,0,0,`);
    expect(reply.text).toContain(',main,small,default,drill,1,1,0,100,10,0.5,priced,');
    expect(reply.text).toContain(',main,small,shop,job,1,1,0,100,10,,unpriced,1,0,');
  });

  it('of one provider is a file of its name, which the client reads as it arrives', async () => {
    const reply = await csv(`/api/providers/spare/usage?${MARCH}`);
    expect(reply.headers.get('Content-Disposition')).toContain('"usage_spare_2026-03-01_2026-04-01.csv"');
    const client = createClient({ baseUrl: api.url, token: api.adminToken });
    const range = { from: '2026-03-01', to: '2026-04-01', interval: 'day' as const };
    expect(await new Response(await client.providers.usageCsv('spare', range)).text()).toBe(reply.text);
    expect((await client.usage.read({ ...range, provider: 'spare' })).totals.totalCostUsd).toBe(8);
    expect(await new Response(await client.usage.csv({ ...range, model: 'large' })).text()).toContain(
      ',large,',
    );
  });

  it('is told apart from JSON by weight', async () => {
    const accept = (value: string) => api.admin('GET', '/api/usage', { headers: { Accept: value } });
    for (const value of ['*/*', 'application/json, text/csv;q=0.5', 'text/csv;q=0, */*']) {
      expect((await accept(value)).headers.get('Content-Type')).toContain('application/json');
    }
    const preferred = await accept('application/json;q=0.2, text/csv');
    expect(preferred.headers.get('Content-Type')).toContain('text/csv');
  });

  it('is refused by a problem like any other', async () => {
    expect((await csv('/api/usage?from=2000-01-01')).body.code).toBe('validation_failed');
    expect((await csv('/api/providers/nobody/usage')).body.code).toBe('provider_not_found');
  });
});

it('waits no longer than 3 s for what is read beside the buckets, as a file either', async () => {
  const { store } = api.context;
  await store.providers.updateOne({ _id: main.id }, { 'configuration.monthlyBudgetUsd': 10 });
  const never = new Promise<never>(() => {});
  const find = store.providers.find.bind(store.providers);
  vi.spyOn(store.providers, 'find').mockImplementation(((...args: Parameters<typeof find>) => {
    const isOfNames = (args[1] as { name?: number } | undefined)?.name === 1;
    return isOfNames ? { lean: () => never } : find(...args);
  }) as never);
  vi.spyOn(store.usageBuckets, 'aggregate').mockReturnValue({
    async *cursor() {
      yield await never;
    },
  } as never);
  const replies = await Promise.all([
    api.admin('GET', `/api/usage?${MARCH}`),
    api.admin('GET', `/api/usage?${MARCH}`, { headers: { Accept: 'text/csv' } }),
    api.admin('GET', `/api/providers/${main.id}/usage?${MARCH}`),
  ]);
  vi.restoreAllMocks();
  for (const reply of replies) {
    expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  }
});

import { createClient } from '@understudy/shared/client/client';
import type { FailoverDocument } from '@understudy/shared/store/failovers/model';
import { buildFailover } from '@understudy/shared/testing/builders';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Caller } from '../testing/caller.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let operator: Caller & { token: string };
let ids: Record<'first' | 'nobody' | 'drill' | 'foreign', string>;

beforeAll(async () => {
  api = await startTestApi();
  operator = await api.as({ scopes: ['providers:read'] });
  const insert = async (minute: number, overrides: Partial<FailoverDocument>) => {
    const at = new Date(Date.UTC(2026, 0, 1, 0, minute));
    const failover = buildFailover({ at, ...overrides });
    await api.bed.store.failovers.create(failover);
    return failover._id;
  };
  const other = { id: 'prv_3', name: 'other', type: 'openai-compatible', model: 'm' } as const;
  ids = {
    first: await insert(0, { jobId: 'job_1' }),
    nobody: await insert(1, { jobId: 'job_1', from: other, to: null, fault: 'network', switchMs: 40 }),
    drill: await insert(2, { to: other, drill: true }),
    foreign: await insert(3, { client: 'shop', fault: 'network' }),
  };
});
afterAll(() => api.close());

const list = (query: string, caller: Caller = api.admin) => caller('GET', `/api/failovers?${query}`);
const toNames = (body: { data: { id: string }[] }) =>
  body.data.map(({ id }) => Object.entries(ids).find(([, value]) => value === id)?.[0]);

it.each([
  ['', ['foreign', 'drill', 'nobody', 'first']],
  ['provider=main', ['foreign', 'drill', 'first']],
  ['provider=prv_1', ['foreign', 'drill', 'first']],
  ['provider=spare', ['foreign', 'first']],
  ['provider=prv_2', ['foreign', 'first']],
  ['provider=other', ['drill', 'nobody']],
  ['provider=nobody', []],
  ['fault=network', ['foreign', 'nobody']],
  ['drill=true', ['drill']],
  ['drill=false', ['foreign', 'nobody', 'first']],
  ['jobId=job_1', ['nobody', 'first']],
  ['jobId=job_1&provider=spare', ['first']],
  ['from=2026-01-01T00:01:00Z&to=2026-01-01T00:03:00Z', ['drill', 'nobody']],
])('filters by %s', async (query, expected) => {
  const { status, body } = await list(query);
  expect(status).toBe(200);
  expect(toNames(body)).toEqual(expected);
});

it('finds a provider by the name that it has now', async () => {
  const configuration = { model: 'm' };
  const { body: provider } = await api.admin('POST', '/api/providers', {
    body: { name: 'Renamed', type: 'openai', apiKey: 'sk-12345678', configuration },
  });
  const from = { id: provider.id, name: 'before', type: 'openai', model: 'm' } as const;
  const { _id } = await api.bed.store.failovers.create(buildFailover({ client: 'renamed', from }));
  for (const name of ['renamed', 'before', provider.id]) {
    const { body } = await list(`provider=${name}`);
    expect(body.data.map(({ id }: { id: string }) => id)).toEqual([_id]);
  }
  await api.bed.store.failovers.deleteOne({ _id });
});

it('shows a row whole', async () => {
  const { body } = await list('jobId=job_1');
  expect(body.data[0]).toEqual({
    id: ids.nobody,
    at: '2026-01-01T00:01:00.000Z',
    jobId: 'job_1',
    from: { id: 'prv_3', name: 'other', type: 'openai-compatible', model: 'm' },
    to: null,
    fault: 'network',
    switchMs: 40,
    hedge: false,
    drill: false,
  });
});

it('reads of one fault only its rows, however many there are of others', async () => {
  const many = Array.from({ length: 300 }, () => buildFailover({ client: 'many', fault: 'rate_limited' }));
  await api.bed.store.failovers.insertMany(many);
  for (const caller of [api.admin, operator]) {
    const queries = await profileQueries(api.bed.store, () => list('fault=network', caller));
    const query = queries.find(({ collection }) => collection === 'failovers');
    expect(query?.results).toBeGreaterThan(0);
    expect(query?.docsExamined).toBeLessThan(10);
  }
  await api.bed.store.failovers.deleteMany({ client: 'many' });
});

it('goes on behind a cursor, newest first', async () => {
  const first = await list('limit=3');
  expect(toNames(first.body)).toEqual(['foreign', 'drill', 'nobody']);
  const rest = await list(`limit=3&cursor=${first.body.nextCursor}`);
  expect(toNames(rest.body)).toEqual(['first']);
  expect(rest.body.nextCursor).toBeNull();
  expect((await list('cursor=nonsense')).body.code).toBe('invalid_cursor');
});

it('shows a viewer without admin what befell its own client’s jobs, and drills', async () => {
  expect(toNames((await list('', operator)).body)).toEqual(['drill', 'nobody', 'first']);
  const shop = await api.as({ scopes: ['providers:write'], client: 'shop' });
  for (const [query, expected] of [
    ['', ['foreign', 'drill']],
    ['drill=true', ['drill']],
    ['drill=false', ['foreign']],
    ['provider=other', ['drill']],
    ['fault=network', ['foreign']],
    ['jobId=job_1', []],
  ] as const) {
    expect(toNames((await list(query, shop)).body)).toEqual(expected);
  }
  const stranger = await api.as({ scopes: ['jobs:read'] });
  expect((await list('', stranger)).body).toMatchObject({
    code: 'forbidden',
    detail: expect.stringContaining('providers:read'),
  });
});

it.each(['fault=tired', 'drill=perhaps', 'from=yesterday', 'nonsense=1', 'limit=201'])(
  'refuses %s',
  async (query) => {
    const { status, body } = await list(query);
    expect(status).toBe(422);
    expect(body.errors[0].pointer).toBe(`?${query.split('=')[0]}`);
  },
);

it('is read by the TypeScript client', async () => {
  const { failovers } = createClient({ baseUrl: api.url, token: operator.token });
  const page = await failovers.list({ provider: 'other', drill: true, from: '2026-01-01' });
  expect(page).toMatchObject({ data: [{ id: ids.drill, drill: true }], nextCursor: null });
});

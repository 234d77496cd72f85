import { createClient } from '@understudy/shared/client/client';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let ids: Record<'plain' | 'answered' | 'failed' | 'multi', string>;

/** As long as a name may be. */
const LONG_NAME = 'n'.repeat(64);
const main = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;
const toResult = (...names: string[]) => ({
  label: names[0] ?? null,
  labels: names.map((name) => ({ name, confidence: 0.9 })),
  rationale: null,
});

beforeAll(async () => {
  api = await startTestApi();
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
  const insert = async (overrides: Partial<JobDocument>) => {
    const job = buildJob({ client: 'lists', ...overrides });
    await api.bed.store.jobs.create(job);
    return job._id;
  };
  ids = {
    plain: await insert({ createdAt: at(0), metadata: { ticket: '42', empty: '', $odd: 'x' } }),
    answered: await insert({
      createdAt: at(1),
      state: 'succeeded',
      result: toResult('billing'),
      provider: main,
      attemptCount: 2,
      classifier: { id: 'clf_1', name: 'support', version: 2 },
    }),
    failed: await insert({
      createdAt: at(2),
      state: 'failed',
      error: { code: 'content_filtered', message: 'no' },
      metadata: { ticket: '43' },
    }),
    multi: await insert({
      createdAt: at(3),
      state: 'succeeded',
      result: toResult('bug', 'billing'),
      degraded: true,
      provider: { id: 'prv_0', name: 'local', type: 'local', model: 'local' },
      batchId: 'bat_1',
      classifier: { id: 'clf_2', name: LONG_NAME, version: 1_234_567 },
    }),
  };
  const attempt = buildAttempt({ jobId: ids.answered });
  await api.bed.store.attempts.create([
    { ...attempt, ...buildAttemptEnd({ outcome: 'failed', fault: 'timeout' }) },
    { ...buildAttempt({ jobId: ids.answered, number: 2 }), ...buildAttemptEnd() },
  ]);
});
afterAll(() => api.close());

const list = (query: string) => api.admin('GET', `/api/classifications?${query}`);
const toIds = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

it.each([
  ['', ['multi', 'failed', 'answered', 'plain']],
  ['state=queued', ['plain']],
  ['state=queued,failed', ['failed', 'plain']],
  ['label=billing', ['multi', 'answered']],
  ['label=bug,nothing', ['multi']],
  ['provider=main', ['answered']],
  ['provider=prv_1', ['answered']],
  ['provider=LOCAL', ['multi']],
  ['classifier=support', ['answered']],
  ['classifier=support@2', ['answered']],
  ['classifier=support@1', []],
  ['classifier=support@', []],
  [`classifier=${LONG_NAME}`, ['multi']],
  [`classifier=${LONG_NAME}@1234567`, ['multi']],
  ['batchId=bat_1', ['multi']],
  ['errorCode=content_filtered', ['failed']],
  ['fault=timeout', ['answered']],
  ['fault=network', []],
  ['fault=timeout&state=failed', []],
  ['degraded=false', ['failed', 'answered', 'plain']],
  ['metadata.empty=', ['plain']],
  ['metadata.other=', []],
  ['from=2026-01-01T00:02:00Z&to=2026-01-01T00:01:00Z', []],
  ['label=billing&state=succeeded&degraded=true&provider=local', ['multi']],
  ['degraded=true', ['multi']],
  ['metadata.ticket=42', ['plain']],
  ['metadata.ticket=42&metadata.other=1', []],
  ['from=2026-01-01T00:01:00Z&to=2026-01-01T00:02:00Z', ['answered']],
  ['from=2026-01-01T01:01:00%2B01:00&to=2026-01-02', ['multi', 'failed', 'answered']],
] as const)('filters by %s', async (query, expected) => {
  const { status, body } = await list(`client=lists&${query}`);
  expect(status).toBe(200);
  expect(toIds(body)).toEqual(expected.map((name) => ids[name]));
});

it('finds who answered by the name of then and of now, also of a provider that is gone', async () => {
  const body = { name: 'first', type: 'openai', apiKey: 'sk-0123456789', configuration: { model: 'm' } };
  const made = await api.admin('POST', '/api/providers', { body });
  const provider = { ...main, id: made.body.id, name: 'first' };
  const job = buildJob({ client: 'renamed', state: 'succeeded', provider });
  await api.bed.store.jobs.create(job);
  const found = async (name: string) => toIds((await list(`client=renamed&provider=${name}`)).body);
  await api.admin('PATCH', `/api/providers/${made.body.id}`, { body: { name: 'second' } });
  await api.context.watcher.refresh();
  for (const name of ['first', 'second', 'SECOND', made.body.id])
    expect(await found(name)).toEqual([job._id]);
  await api.admin('DELETE', '/api/providers/second');
  await api.context.watcher.refresh();
  for (const name of ['first', made.body.id]) expect(await found(name)).toEqual([job._id]);
  expect(await found('third')).toEqual([]);
});

it('lets a client name itself, and nobody else but as an administrator', async () => {
  const own = await api.as({ scopes: ['jobs:read'], client: 'lists' });
  expect(toIds((await own('GET', '/api/classifications?client=lists')).body)).toHaveLength(4);
  expect(toIds((await own('GET', '/api/classifications')).body)).toHaveLength(4);
  const reply = await own('GET', '/api/classifications?client=default');
  expect(reply).toMatchObject({
    status: 403,
    body: { code: 'forbidden', detail: expect.stringContaining('admin') },
  });
});

it('gives an empty page of what is not there', async () => {
  expect((await list('client=nobody')).body).toEqual({ data: [], nextCursor: null });
  expect((await list('batchId=bat_none&include=text,attempts')).body).toEqual({ data: [], nextCursor: null });
});

it('gives rows without text, labels and attempts, and adds what is asked for', async () => {
  const [row] = (await list('client=lists&state=succeeded&provider=main')).body.data;
  expect(row).toMatchObject({ id: ids.answered, attemptCount: 2 });
  for (const field of ['text', 'labels', 'attempts']) expect(row).not.toHaveProperty(field);
  const [full] = (await list('client=lists&provider=main&include=text,attempts')).body.data;
  expect(full.text).toBe('My card was charged twice');
  expect(full.attempts).toMatchObject([{ fault: 'timeout' }, { outcome: 'succeeded' }]);
});

it('pages through everything once, although jobs come in meanwhile', async () => {
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const { body } = await list(`client=lists&limit=1${cursor && `&cursor=${cursor}`}`);
    expect(body.data).toHaveLength(1);
    seen.push(...toIds(body));
    cursor = body.nextCursor;
    await api.bed.store.jobs.create(buildJob({ client: 'lists', state: 'cancelled' }));
  }
  expect(seen).toEqual([ids.multi, ids.failed, ids.answered, ids.plain]);
});

it.each([
  ['limit=0', '?limit'],
  ['limit=201', '?limit'],
  ['limit=ten', '?limit'],
  ['limit=1&limit=2', '?limit'],
  ['limit=51&include=text', '?limit'],
  ['include=everything', '?include'],
  ['state=done', '?state'],
  ['degraded=yes', '?degraded'],
  ['from=yesterday', '?from'],
  ['provider=%00', '?provider'],
  ['metadata.a=%00', '?metadata.a'],
  ['metadata.a.b=1', '?metadata.a.b'],
  ['state=', '?state'],
  ['label=', '?label'],
  ['label=a,', '?label'],
  ['provider=', '?provider'],
  ['from=', '?from'],
  ['client=', '?client'],
  ['metadata.=1', '?metadata.'],
  ['limit=1e1', '?limit'],
  ['nonsense=1', '?nonsense'],
  ['%24where=1', '?$where'],
  ['state%5B%24ne%5D=queued', '?state[$ne]'],
])('refuses %s', async (query, pointer) => {
  const { body } = await list(query);
  expect(body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer }] });
});

it('says which values a filter takes, and not that it is missing', async () => {
  const { body } = await list('state=queued,done&include=everything');
  expect(body.errors).toEqual([
    { pointer: '?state', code: 'invalid_value', detail: expect.stringContaining('"deferred"') },
    { pointer: '?include', code: 'invalid_value', detail: expect.stringContaining('"attempts"') },
  ]);
});

it.each(['', 'nonsense', '%00', Buffer.from('prv_1').toString('base64url')])(
  'refuses the cursor %s',
  async (cursor) => {
    expect((await list(`cursor=${cursor}`)).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  },
);

it('is read whole by the client, page after page', async () => {
  const { classifications } = createClient({ baseUrl: api.url, token: api.adminToken });
  const found: string[] = [];
  const filter = { client: 'lists', to: '2026-01-01T01:00:00Z', limit: 3 };
  for await (const { id } of classifications.iterate(filter)) found.push(id);
  expect(found).toEqual([ids.multi, ids.failed, ids.answered, ids.plain]);
});

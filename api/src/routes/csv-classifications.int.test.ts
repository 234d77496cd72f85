import { createClient } from '@understudy/shared/client/client';
import { buildJob } from '@understudy/shared/testing/builders';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/classifications';
const read = (query: string, accept = 'text/csv', as = api.admin) =>
  as('GET', `${PATH}?${query}`, { headers: { Accept: accept } });
const toRows = (text: string) => text.trimEnd().split('\r\n');
const HEADER =
  'id,client,state,label,confidence,labels,degraded,provider,model,attemptCount,inputTokens,outputTokens,costUsd,' +
  'pricing,createdAt,startedAt,finishedAt,errorCode,batchId,metadata';

it('writes a job in every column, and lets no spreadsheet run what a caller sent', async () => {
  const createdAt = new Date('2026-01-01T00:00:00.000Z');
  const answered = buildJob({
    client: 'columns',
    state: 'succeeded',
    createdAt,
    startedAt: createdAt,
    finishedAt: createdAt,
    text: 'never in a file',
    result: {
      label: '=cmd|x,"y"',
      labels: [
        { name: '=cmd|x,"y"', confidence: 0.9 },
        { name: 'b', confidence: 0.6 },
      ],
      rationale: 'never either',
    },
    degraded: true,
    provider: { id: 'prv_1', name: 'main', type: 'openai', model: '-m' },
    attemptCount: 2,
    usage: { inputTokens: 7, outputTokens: 3, costNanoUsd: 1_500, pricing: 'estimated' },
    batchId: 'bat_1',
    metadata: { ticket: '4,2' },
  });
  const failed = buildJob({
    client: 'columns',
    state: 'failed',
    createdAt,
    error: { code: 'content_filtered', message: 'no' },
    usage: { inputTokens: 0, outputTokens: 0, costNanoUsd: null, pricing: 'unpriced' },
  });
  await api.bed.store.jobs.insertMany([answered, failed]);
  const { status, headers, text } = await read('client=columns');
  expect(status).toBe(200);
  expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8; header=present');
  expect(headers.get('Content-Disposition')).toBe('attachment; filename="classifications.csv"');
  expect(headers.get('Understudy-Row-Limit')).toBe('100000');
  expect(headers.get('Vary')).toContain('Accept');
  const at = '2026-01-01T00:00:00.000Z';
  expect(text).toBe(
    `${HEADER}\r\n` +
      `${failed._id},columns,failed,,,,false,,,0,0,0,,unpriced,${at},,,content_filtered,,{}\r\n` +
      `${answered._id},columns,succeeded,"'=cmd|x,""y""",0.9,` +
      `"[{""name"":""=cmd|x,\\""y\\"""",""confidence"":0.9},{""name"":""b"",""confidence"":0.6}]",` +
      `true,main,'-m,2,7,3,0.0000015,estimated,${at},${at},${at},,bat_1,"{""ticket"":""4,2""}"\r\n`,
  );
});

describe('over many rows', () => {
  const COUNT = 1_203;
  let ids: string[];
  beforeAll(async () => {
    const jobs = Array.from({ length: COUNT }, (_, index) =>
      buildJob({
        client: 'many',
        state: index % 2 ? 'failed' : 'cancelled',
        metadata: { row: `${index % 4}` },
      }),
    );
    await api.bed.store.jobs.collection.insertMany(jobs as never);
    ids = jobs.map(({ _id }) => _id).toReversed();
  });
  const toIds = (text: string) =>
    toRows(text)
      .slice(1)
      .map((row) => row.split(',', 1)[0]);

  it('gives all of them, beyond what a page may have, newest first', async () => {
    expect(toIds((await read('client=many')).text)).toEqual(ids);
  });

  it('gives as many as are asked for, and goes on behind the last row', async () => {
    const first = await read('client=many&limit=501');
    expect(first.headers.get('Understudy-Row-Limit')).toBe('501');
    expect(toIds(first.text)).toEqual(ids.slice(0, 501));
    const second = await read(`client=many&limit=1000&cursor=${toIds(first.text).at(-1)}`);
    expect(toIds(second.text)).toEqual(ids.slice(501));
    const page = await api.admin('GET', `${PATH}?client=many&limit=200`);
    const rest = await read(`client=many&cursor=${page.body.nextCursor}`);
    expect(toIds(rest.text)).toEqual(ids.slice(200));
  });

  it('takes every filter of the list', async () => {
    const { text } = await read('client=many&state=failed&metadata.row=3');
    expect(toIds(text)).toEqual(ids.filter((_, index) => (COUNT - 1 - index) % 4 === 3));
    expect((await read('client=nobody')).text).toBe(`${HEADER}\r\n`);
  });

  it('is read with the client as it arrives', async () => {
    const client = createClient({ baseUrl: api.url, token: api.adminToken });
    const stream = await client.classifications.exportCsv({ client: 'many', 'metadata.row': '1', limit: 7 });
    const odd = ids.filter((_, index) => (COUNT - 1 - index) % 4 === 1);
    expect(toIds(await new Response(stream).text())).toEqual(odd.slice(0, 7));
    await expect(client.classifications.exportCsv({ limit: 0 })).rejects.toMatchObject({ status: 422 });
  });

  it('gives a client its own rows alone', async () => {
    const own = await api.as({ scopes: ['jobs:read'], client: 'other' });
    expect(toRows((await read('', 'text/csv', own)).text)).toEqual([HEADER]);
    expect((await read('client=many', 'text/csv', own)).body).toMatchObject({ code: 'forbidden' });
  });

  it.each([
    ['text/csv', 'csv'],
    ['text/csv;q=0.9, application/json;q=0.5', 'csv'],
    ['text/*', 'csv'],
    ['application/json', 'json'],
    ['text/csv;q=0.5, application/json', 'json'],
    ['text/csv;q=0, */*', 'json'],
    ['*/*', 'json'],
    ['text/csv, */*', 'csv'],
    ['image/png', 'json'],
    ['nonsense', 'json'],
    ['', 'json'],
  ])('answers %j with %s', async (accept, type) => {
    const { status, headers } = await read('client=many&limit=1', accept);
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toContain(type);
    expect(headers.get('Vary')).toContain('Accept');
  });
});

it.each([
  ['limit=100001', '?limit'],
  ['limit=0', '?limit'],
  ['include=text&limit=5', '?include'],
  ['state=done', '?state'],
])('refuses %s as a problem, before any row', async (query, pointer) => {
  const { body } = await read(query);
  expect(body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer }] });
});

it.each(['nonsense', 'job_1', 'prv_01M8AR9P0N2G1P8SF0SDH4SD0S'])('refuses the cursor %s', async (cursor) => {
  expect((await read(`cursor=${cursor}`)).body).toMatchObject({ status: 400, code: 'invalid_cursor' });
});

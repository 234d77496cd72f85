import { describe, expect, it } from 'vitest';
import type { NewBulkAction } from './classifications.ts';
import { createClient } from './client.ts';
import { ProblemError, UnreachableError } from './problem-error.ts';
import { createTransport, toRetryAfterMs } from './transport.ts';

interface Sent {
  url: string;
  method: string;
  headers: Headers;
  body: unknown;
}

function setup(reply: () => Response | Promise<Response>, token?: string) {
  const sent: Sent[] = [];
  const fake = async (url: string | URL | Request, init: RequestInit = {}) => {
    const body = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    sent.push({ url: String(url), method: init.method ?? 'GET', headers: new Headers(init.headers), body });
    return reply();
  };
  const client = createClient({ baseUrl: 'http://understudy.test/', token, fetch: fake as typeof fetch });
  return { client, sent };
}

const json = (body: unknown, init: ResponseInit = {}) => new Response(JSON.stringify(body), init);

describe('the client', () => {
  it('carries a bulk action on to its end and sums up what each call did', async () => {
    const replies = [
      { matched: 1_000, changed: 999, nextCursor: 'there' },
      { matched: 5, changed: 5, nextCursor: null },
    ];
    const { client, sent } = setup(() => json(replies.shift()));
    const action: NewBulkAction = { action: 'cancel', filter: { state: ['queued'], 'metadata.run': '1' } };
    const done = await client.classifications.bulk(action);
    expect(done).toEqual({ matched: 1_005, changed: 1_004 });
    expect(sent.map(({ body }) => body)).toEqual([action, { ...action, cursor: 'there' }]);
  });

  it('submits with token, Prefer and Idempotency-Key', async () => {
    const { client, sent } = setup(() => json({ id: 'job_1' }, { status: 202 }), 'ust_secret');
    await client.classifications.submit(
      { text: 'hello', labels: ['a', 'b'] },
      { waitSeconds: 5, idempotencyKey: 'k1' },
    );
    expect(sent[0]?.url).toBe('http://understudy.test/api/classifications');
    expect(sent[0]?.body).toEqual({ text: 'hello', labels: ['a', 'b'] });
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toMatchObject({
      authorization: 'Bearer ust_secret',
      prefer: 'wait=5',
      'idempotency-key': 'k1',
      'content-type': 'application/json',
    });
  });

  it('sends no Authorization and no Content-Type where there is neither token nor body', async () => {
    const { client, sent } = setup(() => json({ name: 'admin' }));
    await client.session.get();
    expect(sent[0]?.headers.has('authorization')).toBe(false);
    expect(sent[0]?.headers.has('content-type')).toBe(false);
  });

  it('writes filters as the API reads them and escapes ids', async () => {
    const { client, sent } = setup(() => json({ data: [], nextCursor: null }));
    await client.classifications.list({ state: ['queued', 'deferred'], limit: 10, degraded: false });
    expect(sent[0]?.url).toBe(
      'http://understudy.test/api/classifications?state=queued%2Cdeferred&limit=10&degraded=false',
    );
    await client.providers.healthOf('a/../b');
    expect(sent[1]?.url).toBe('http://understudy.test/api/providers/a%2F..%2Fb/health');
  });

  it('gives the ETag of what it read and sends it back as If-Match', async () => {
    const { client, sent } = setup(() => json({ id: 'prv_1' }, { headers: { ETag: '"7"' } }));
    const { etag } = await client.providers.read('prv_1');
    await client.providers.replace('prv_1', { type: 'local', name: 'local' }, { ifMatch: etag });
    expect(sent[1]?.headers.get('if-match')).toBe('"7"');
  });

  it('accepts an empty 204', async () => {
    const { client } = setup(() => new Response(null, { status: 204 }));
    await expect(client.providers.remove('prv_1')).resolves.toBeUndefined();
  });

  it('throws the problem with its faults, request id and Retry-After', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Too many',
      status: 429,
      code: 'rate_limited',
      detail: 'Too many requests.',
      instance: '/api/providers',
      requestId: 'req-12345678',
      errors: [{ pointer: '/name', detail: 'is taken', code: 'custom' }],
    };
    const { client } = setup(() => json(problem, { status: 429, headers: { 'Retry-After': '3' } }));
    const error = await client.providers.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProblemError);
    expect(error).toMatchObject({
      code: 'rate_limited',
      status: 429,
      requestId: 'req-12345678',
      retryAfterMs: 3_000,
      errors: problem.errors,
    });
  });

  it.each([
    ['an HTML error of a proxy', () => new Response('<h1>Bad gateway</h1>', { status: 502 }), 502],
    ['an HTML page where JSON was due', () => new Response('<!doctype html>', { status: 200 }), 200],
  ])('calls %s an unexpected reply', async (_, reply, status) => {
    const { client } = setup(reply);
    await expect(client.providers.list()).rejects.toMatchObject({ code: 'unexpected_reply', status });
  });

  it.each<[string, (client: ReturnType<typeof createClient>) => Promise<unknown>]>([
    ['events', (client) => client.events().next()],
    ['lines', (client) => client.batches.results('bat_1').next()],
    ['CSV', (client) => client.classifications.exportCsv()],
  ])('calls an HTML page where %s were due an unexpected reply', async (_, ask) => {
    const headers = { 'Content-Type': 'text/html; charset=utf-8' };
    const { client } = setup(() => new Response('<!doctype html>', { headers }));
    await expect(ask(client)).rejects.toMatchObject({ code: 'unexpected_reply', status: 200 });
  });

  it('takes what was asked for by its type, however that is written', async () => {
    const headers = { 'Content-Type': 'Application/X-NDJSON;charset=utf-8' };
    const { client } = setup(() => new Response('{"index":0}\n', { headers }));
    expect((await client.batches.results('bat_1').next()).value).toEqual({ index: 0 });
  });

  it('says unreachable where no reply came, but passes an abort on', async () => {
    const { client } = setup(() => Promise.reject(new TypeError('fetch failed')));
    await expect(client.providers.list()).rejects.toBeInstanceOf(UnreachableError);
    const signal = AbortSignal.abort();
    await expect(client.providers.list({}, { signal })).rejects.toBeInstanceOf(TypeError);
  });
});

describe('a reply that is no JSON', () => {
  it('says unreachable where it breaks off while it is read', async () => {
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) });
    const init = { headers: { 'Content-Type': 'text/csv' } };
    const send = createTransport({ baseUrl: '', fetch: async () => new Response(body, init) });
    const headers = { Accept: 'text/csv' };
    const read = (response: Response) => response.blob();
    const reply = send<Blob>('GET', '/api/classifications', { headers, read });
    await expect(reply).rejects.toBeInstanceOf(UnreachableError);
  });
});

describe('toRetryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['7', 7_000],
    ['Thu, 01 Jan 2026 00:00:10 GMT', 10_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('reads %j as %j', (value, expected) => {
    expect(toRetryAfterMs(value, now)).toBe(expected);
  });
});

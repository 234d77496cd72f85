import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './testing/test-api.ts';
import { routes } from './routes/routes.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const JOB = JSON.stringify({ text: 'x', labels: ['a', 'b'] });

describe('who', () => {
  const NONE = 'Send a bearer token, or sign in.';
  it.each([
    [{}, NONE],
    [{ Authorization: 'Bearer ust_wrong' }, 'The bearer token is not valid.'],
    [{ Authorization: 'Bearer ' }, NONE],
    [{ Authorization: 'Basic dXNlcjpwYXNz' }, NONE],
    [{ Cookie: 'understudy_session=wrong' }, NONE],
  ])('refuses %j', async (headers, detail) => {
    const reply = await api.anonymous('GET', '/api/providers', { headers });
    expect(reply).toMatchObject({ status: 401, body: { code: 'unauthenticated', detail } });
    expect(reply.headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
  });

  it('lets nobody in anywhere without a token but where the table says so', async () => {
    const opened: string[] = [];
    for (const { method, path, id } of routes) {
      const options = method === 'GET' || method === 'DELETE' ? {} : { body: {} };
      const { status } = await api.anonymous(method, path.replaceAll(/:\w+/g, 'x'), options);
      if (status !== 401) opened.push(id);
    }
    const open = routes.filter(({ access }) => access === 'public').map(({ id }) => id);
    expect(opened).toEqual(open);
    expect(open.toSorted()).toEqual([
      'getDocs',
      'getDocsStyle',
      'getLiveness',
      'getOpenApi',
      'getReadiness',
      'startSession',
    ]);
  });

  it('lets a write scope read, and no other', async () => {
    const writer = await api.as({ scopes: ['jobs:write'] });
    const reader = await api.as({ scopes: ['jobs:read'] });
    expect((await writer('GET', '/api/classifications')).status).toBe(200);
    expect((await reader('GET', '/api/classifications')).status).toBe(200);
    const refused = await reader('POST', '/api/classifications', { raw: JOB });
    expect(refused).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(refused.body.detail).toContain('jobs:write');
  });
});

describe('where', () => {
  it.each([
    ['GET', '/api'],
    ['GET', '/api/'],
    ['GET', '/api/nonsense'],
    ['DELETE', '/api/classifications/a/b'],
    ['GET', '/api/Providers'],
    ['GET', '/api/%00'],
    ['GET', '/api/providers/%E0%A4%A'],
    ['GET', '/api/classifications/%00'],
  ])('has nothing at %s %s', async (method, path) => {
    const reply = await api.admin(method, path);
    expect(reply.status).toBe(404);
    expect(reply.body).toMatchObject({ code: 'not_found', instance: path });
  });

  it.each([
    ['PATCH', '/api/classifications', 'GET, HEAD, OPTIONS, POST'],
    ['POST', '/api/providers/x', 'DELETE, GET, HEAD, OPTIONS, PATCH, PUT'],
    ['PUT', '/api/providers/health', 'GET, HEAD, OPTIONS'],
    ['GET', '/api/providers/health-check', 'OPTIONS, POST'],
    ['DELETE', '/healthz', 'GET, HEAD, OPTIONS'],
  ])('takes no %s at %s', async (method, path, allow) => {
    const reply = await api.admin(method, path);
    expect(reply).toMatchObject({ status: 405, body: { code: 'method_not_allowed' } });
    expect(reply.headers.get('Allow')).toBe(allow);
    const options = await api.admin('OPTIONS', path);
    expect(options.status).toBe(204);
    expect(options.headers.get('Allow')).toBe(allow);
  });

  it('answers HEAD as GET without a body', async () => {
    const [head, get] = [await api.admin('HEAD', '/api/providers'), await api.admin('GET', '/api/providers')];
    expect(head.status).toBe(200);
    expect(head.text).toBe('');
    expect(head.headers.get('Content-Length')).toBe(get.headers.get('Content-Length'));
  });
});

describe('what', () => {
  const post = (raw: string | Buffer<ArrayBuffer>, headers: Record<string, string> = {}) =>
    api.admin('POST', '/api/classifications', { raw, headers });

  it.each([
    ['', 422, 'validation_failed'],
    ['{', 400, 'malformed_json'],
    ['nonsense', 400, 'malformed_json'],
    ['null', 422, 'validation_failed'],
    ['"text"', 422, 'validation_failed'],
    ['[1]', 422, 'validation_failed'],
    ['{"__proto__":{"text":"x"},"labels":["a","b"]}', 422, 'validation_failed'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 422, 'validation_failed'],
  ])('refuses %.40s', async (raw, status, code) => {
    expect((await post(raw)).body).toMatchObject({ status, code });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/merge-patch+json',
  ])('takes no %s', async (type) => {
    const { body } = await post(JOB, { 'Content-Type': type });
    expect(body).toMatchObject({ status: 415, code: 'unsupported_media_type' });
  });

  it('takes JSON in the encodings it knows, and no other', async () => {
    expect((await post(JOB, { 'Content-Type': 'application/json; charset=utf-8' })).status).toBe(202);
    expect((await post(Buffer.from(gzipSync(JOB)), { 'Content-Encoding': 'gzip' })).status).toBe(202);
    expect((await post(JOB, { 'Content-Encoding': 'nonsense' })).status).toBe(415);
    expect((await post(JOB, { 'Content-Type': 'application/json; charset=nonsense' })).status).toBe(415);
  });

  it('takes 2 MB for a job and no more, packed or not', async () => {
    const large = JSON.stringify({ text: 'x', labels: ['a', 'b'], pad: 'x'.repeat(2_200_000) });
    expect((await post(large)).body).toMatchObject({ status: 413, code: 'body_too_large' });
    const packed = Buffer.from(gzipSync(large));
    expect((await post(packed, { 'Content-Encoding': 'gzip' })).status).toBe(413);
    const chunked = await new Promise<number>((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' };
      const req = request(`${api.url}/api/classifications`, {
        method: 'POST',
        headers: { ...headers, Authorization: `Bearer ${api.context.config.UNDERSTUDY_BOOTSTRAP_TOKEN}` },
      });
      req.on('response', (res) => resolve(res.resume().statusCode ?? 0)).on('error', reject);
      for (let index = 0; index < 30; index += 1) req.write('x'.repeat(100_000));
      req.end();
    });
    expect(chunked).toBe(413);
  });

  it('reads nobody’s body before it knows who sends it', async () => {
    expect((await api.anonymous('POST', '/api/classifications', { raw: '{' })).status).toBe(401);
  });

  it('refuses a query that a path does not have', async () => {
    const { body } = await api.admin('GET', '/api/session?x=1');
    expect(body).toMatchObject({ status: 422, errors: [{ pointer: '?x', code: 'unknown_field' }] });
  });
});

describe('X-Request-Id', () => {
  it('is taken where it is well formed, and made otherwise', async () => {
    const call = async (given: string) =>
      (await api.anonymous('GET', '/healthz', { headers: { 'X-Request-Id': given } })).headers.get(
        'X-Request-Id',
      );
    expect(await call('my-request.1_A')).toBe('my-request.1_A');
    for (const given of ['short', 'x'.repeat(129), 'with space', 'semi;colon']) {
      expect(await call(given)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });

  it('is in the audit log of a change', async () => {
    const body = { name: 'traced', labels: ['a', 'b'] };
    await api.admin('POST', '/api/classifiers', { body, headers: { 'X-Request-Id': 'trace-me-1' } });
    expect(await api.bed.store.audit.exists({ requestId: 'trace-me-1' })).not.toBeNull();
  });
});

it('lets nobody in by tokens that could not be checked for 30 s', async () => {
  const { watcher } = api.context;
  const { ageMs } = watcher;
  watcher.ageMs = () => 30_001;
  const reply = await api.admin('GET', '/api/session');
  watcher.ageMs = ageMs;
  expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  expect((await api.admin('GET', '/api/session')).status).toBe(200);
});

it('says that it lives and that it is ready', async () => {
  expect((await api.anonymous('GET', '/healthz')).body).toEqual({ status: 'ok' });
  const { status, body } = await api.anonymous('GET', '/readyz');
  expect({ status, body }).toEqual({
    status: 200,
    body: { status: 'ready', stores: { mongodb: 'up', redis: 'up' } },
  });
});

it('tells nothing of an error that it did not expect', async () => {
  const { catalogue } = api.context;
  const { providers } = catalogue;
  catalogue.providers = () => {
    throw new Error('secret detail');
  };
  const reply = await api.admin('GET', '/api/providers/health');
  catalogue.providers = providers;
  expect(reply).toMatchObject({ status: 500, body: { code: 'internal_error' } });
  expect(reply.text).not.toContain('secret');
});

import { request } from 'node:http';
import { createDocumentReader } from '@understudy/shared/testing/document-reader';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenApiDocument } from './openapi/create-document.ts';
import { routes } from './routes/routes.ts';
import { startTestApi, type TestApi } from './testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const { operations } = createDocumentReader(createOpenApiDocument(routes));
/** Parts that not every text can be. */
const PARTS: Record<string, string> = { ':version': '1', ':type': 'openai' };
const toPath = (path: string) => path.replaceAll(/:\w+/g, (part) => PARTS[part] ?? 'x');
const all = routes.map((row) => [row.id, row] as const);
const withBody = all.filter(([, row]) => row.body ?? row.upload);
const toExample = (id: string): object => {
  const content = operations.find(({ operation }) => operation.operationId === id)?.operation.requestBody
    ?.content;
  return Object.values(content ?? {})[0]?.example as object;
};

/** The status that is answered to a request that says it is this long, before any of it is there. */
function announce(method: string, path: string, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${api.adminToken}`,
      'Content-Type': 'application/json',
      'Content-Length': bytes,
    };
    const sending = request(api.url + path, { method, headers }, (response) => {
      resolve(response.statusCode);
      sending.destroy();
    });
    sending.on('error', reject).flushHeaders();
  });
}

it.each(all)('%s refuses a query key that it does not know', async (_, { method, path }) => {
  const { status, body } = await api.admin(method, `${toPath(path)}?nonsense=1`);
  expect({ status, code: body.code }).toEqual({ status: 422, code: 'validation_failed' });
  expect(body.errors).toContainEqual(
    expect.objectContaining({ pointer: '?nonsense', code: 'unknown_field' }),
  );
});

const send = (method: string, path: string, raw: string, type = 'application/json') =>
  api.admin(method, toPath(path), { raw, headers: { 'Content-Type': type } });

// A patch is held against what it changes, and which of two bodies was meant cannot always be told.
const strict = all.filter(([id, { body, method }]) => body && method !== 'PATCH' && id !== 'startSession');

it.each(strict)('%s refuses a field that it does not know', async (id, { method, path }) => {
  const { body } = await send(method, path, JSON.stringify({ ...toExample(id), nonsense: 1 }));
  expect(body).toMatchObject({ status: 422, code: 'validation_failed' });
  expect(body.errors).toContainEqual(
    expect.objectContaining({ pointer: '/nonsense', code: 'unknown_field' }),
  );
});

describe.each(withBody)('%s', (_, { method, path, upload }) => {
  it('refuses what is no JSON', async () => {
    expect((await send(method, path, '{')).body).toMatchObject({ status: 400, code: 'malformed_json' });
  });

  it('refuses another media type', async () => {
    expect((await send(method, path, 'x', 'text/plain')).body).toMatchObject({
      status: 415,
      code: 'unsupported_media_type',
    });
  });

  it('refuses what is too large before it is sent', async () => {
    const limit = Math.max(...Object.values(upload ?? {}).map((spec) => spec.limit), 8 * 1_048_576);
    expect(await announce(method, toPath(path), limit + 1)).toBe(413);
  });
});

const paths = [...Map.groupBy(routes, ({ path }) => path)].map(
  ([path, rows]) => [path, rows.map(({ method }) => method as string)] as const,
);

it.each(paths)('%s says which methods it takes, and takes no other', async (path, own) => {
  const allow = [...own, 'OPTIONS', ...(own.includes('GET') ? ['HEAD'] : [])].toSorted().join(', ');
  const options = await api.anonymous('OPTIONS', toPath(path));
  expect({ status: options.status, allow: options.headers.get('Allow') }).toEqual({ status: 204, allow });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((other) => !own.includes(other))) {
    const { status, headers } = await api.admin(method, toPath(path));
    expect({ method, status, allow: headers.get('Allow') }).toEqual({ method, status: 405, allow });
  }
});

it.each(paths.filter(([, own]) => own.includes('GET')))(
  '%s answers HEAD as GET, without a body',
  async (path) => {
    const head = await api.admin('HEAD', toPath(path));
    expect(head.text).toBe('');
    // The stream of events has no end.
    const status = path === '/api/events' ? 200 : (await api.admin('GET', toPath(path))).status;
    expect(head.status).toBe(status);
  },
);

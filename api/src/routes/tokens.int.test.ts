import { ensureBootstrapToken } from '@understudy/shared/store/tokens/ensure-bootstrap-token';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createCaller } from '../testing/caller.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const create = (body: object) => api.admin('POST', '/api/tokens', { body });
const whoIs = (token: string) => createCaller(api.url, token)('GET', '/api/session');

it('shows a value once, and it works at once', async () => {
  const { status, body } = await create({ name: 'shop', client: 'shop', scopes: ['jobs:write'] });
  expect(status).toBe(201);
  expect(body.token).toMatch(/^ust_[\w-]{43}$/);
  expect((await whoIs(body.token)).body).toMatchObject({ name: 'shop', client: 'shop', expiresAt: null });
  const listed = await api.admin('GET', '/api/tokens');
  expect(listed.body.data).toContainEqual(expect.objectContaining({ id: body.id, name: 'shop' }));
  const everything = [
    listed.text,
    JSON.stringify(await api.bed.store.tokens.find().lean()),
    JSON.stringify(await api.bed.store.audit.find().lean()),
  ];
  for (const text of everything) expect(text).not.toContain(body.token);
});

it('refuses a revoked token', async () => {
  const { body } = await create({ name: 'short-lived', scopes: ['jobs:read'] });
  expect((await api.admin('DELETE', `/api/tokens/${body.id}`)).status).toBe(204);
  expect((await api.admin('DELETE', `/api/tokens/${body.id}`)).status).toBe(404);
  expect((await whoIs(body.token)).status).toBe(401);
});

it('refuses a token from the moment it expires', async () => {
  const expiresAt = new Date(Date.now() + 1_500).toISOString();
  const { body } = await create({ name: 'brief', scopes: ['jobs:read'], expiresAt });
  expect((await whoIs(body.token)).status).toBe(200);
  await eventually(async () => (await whoIs(body.token)).status === 401);
});

it('takes an expiry in any zone', async () => {
  const expiresAt = '2999-01-01T00:00:00+01:00';
  const { body } = await create({ name: 'zone', scopes: ['jobs:read'], expiresAt });
  expect(body.expiresAt).toBe('2998-12-31T23:00:00.000Z');
});

it('refuses a token that has expired already', async () => {
  const body = { name: 'late', scopes: ['jobs:read'], expiresAt: '2020-01-01T00:00:00Z' };
  expect(await api.admin('POST', '/api/tokens', { body })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/expiresAt' }] },
  });
});

it('gives out a token that is made even where it cannot be read back at once', async () => {
  const refresh = vi.spyOn(api.context.watcher, 'refresh').mockRejectedValueOnce(new Error('away'));
  const body = { name: 'unread', scopes: ['jobs:read'] };
  const { status, body: made } = await api.admin('POST', '/api/tokens', { body });
  refresh.mockRestore();
  expect({ status, token: typeof made.token }).toEqual({ status: 201, token: 'string' });
});

it.each([
  {},
  { name: 'x', scopes: [] },
  { name: 'x', scopes: ['root'] },
  { name: 'x', scopes: ['admin', 'admin'] },
])('refuses %j', async (body) => {
  expect((await create(body)).status).toBe(422);
});

it('is for administrators', async () => {
  const operator = await api.as({ scopes: ['providers:write', 'jobs:write'] });
  expect((await operator('GET', '/api/tokens')).status).toBe(403);
  expect((await operator('POST', '/api/tokens', { body: { name: 'x', scopes: ['admin'] } })).status).toBe(
    403,
  );
});

it('has one bootstrap token, whose value follows the environment', async () => {
  const [first, second] = ['a', 'b'].map((letter) => letter.repeat(32)) as [string, string];
  const isAdmin = async (token: string) => {
    await api.context.watcher.refresh();
    return (await whoIs(token)).status === 200;
  };
  await ensureBootstrapToken(api.bed.store, first);
  await ensureBootstrapToken(api.bed.store, first);
  expect(await isAdmin(first)).toBe(true);
  await ensureBootstrapToken(api.bed.store, second);
  expect([await isAdmin(first), await isAdmin(second)]).toEqual([false, true]);
  expect(await api.bed.store.tokens.countDocuments({ name: 'bootstrap' })).toBe(1);
});

import { createClient } from '@understudy/shared/client/client';
import { createLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { ensureBootstrapToken } from '@understudy/shared/store/tokens/ensure-bootstrap-token';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
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

it('has on the audit log what a token was allowed', async () => {
  const allowed = { name: 'noted', client: 'shop', scopes: ['jobs:read'], requestsPerMinute: 60 };
  const { body } = await create({ ...allowed, expiresAt: '2999-01-01T00:00:00Z' });
  await api.admin('DELETE', `/api/tokens/${body.id}`);
  const rows = await api.bed.store.audit.find({ 'target.id': body.id }).sort({ _id: 1 }).lean();
  const noted = { ...allowed, expiresAt: '2999-01-01T00:00:00.000Z' };
  expect(rows).toMatchObject([
    { action: 'token.created', before: null, after: noted },
    { action: 'token.revoked', before: noted, after: null },
  ]);
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

const one = { name: 'x', scopes: ['jobs:read'] };
it.each([
  [{}, '/name'],
  [{ ...one, name: '' }, '/name'],
  [{ ...one, name: ' ' }, '/name'],
  [{ ...one, name: 'two\nlines' }, '/name'],
  [{ ...one, name: 'nul\0' }, '/name'],
  [{ ...one, name: 'x'.repeat(101) }, '/name'],
  [{ name: 'x' }, '/scopes'],
  [{ ...one, scopes: [] }, '/scopes'],
  [{ ...one, scopes: ['root'] }, '/scopes/0'],
  [{ ...one, scopes: ['admin', 'admin'] }, '/scopes'],
  [{ ...one, client: '' }, '/client'],
  [{ ...one, client: '.hidden' }, '/client'],
  [{ ...one, client: 'a b' }, '/client'],
  [{ ...one, client: 'x'.repeat(65) }, '/client'],
  [{ ...one, expiresAt: 'tomorrow' }, '/expiresAt'],
  [{ ...one, expiresAt: '2999-01-01' }, '/expiresAt'],
  [{ ...one, expiresAt: 4_000_000_000 }, '/expiresAt'],
  [{ ...one, requestsPerMinute: 0 }, '/requestsPerMinute'],
  [{ ...one, requestsPerMinute: -1 }, '/requestsPerMinute'],
  [{ ...one, requestsPerMinute: 1.5 }, '/requestsPerMinute'],
  [{ ...one, requestsPerMinute: 1_000_001 }, '/requestsPerMinute'],
  [{ ...one, requestsPerMinute: '60' }, '/requestsPerMinute'],
  [{ ...one, token: 'ust_mine' }, '/token'],
])('refuses %j, and says where', async (body, pointer) => {
  const before = await api.bed.store.tokens.countDocuments();
  const reply = await create(body);
  expect(reply.body).toMatchObject({ status: 422, code: 'validation_failed' });
  expect(reply.body.errors[0].pointer).toBe(pointer);
  expect(await api.bed.store.tokens.countDocuments()).toBe(before);
});

it.each([1, 1_000_000, null])('takes a limit of %j requests a minute', async (requestsPerMinute) => {
  const { status, body } = await create({ name: 'limits', scopes: ['jobs:read'], requestsPerMinute });
  expect([status, body.requestsPerMinute]).toEqual([201, requestsPerMinute]);
});

it('gives two tokens of one name values of their own, as one needs to replace a token', async () => {
  const [old, next] = [await create(one), await create(one)].map(({ body }) => body);
  expect(old.token).not.toBe(next.token);
  expect((await api.admin('DELETE', `/api/tokens/${old.id}`)).status).toBe(204);
  expect([(await whoIs(old.token)).status, (await whoIs(next.token)).status]).toEqual([401, 200]);
});

it('makes a client with its first token, once', async () => {
  for (let index = 0; index < 2; index += 1) await create({ ...one, client: 'newcomer' });
  const { body } = await api.admin('GET', '/api/clients');
  expect(body.data.filter(({ name }: { name: string }) => name === 'newcomer')).toHaveLength(1);
});

it('tells nobody whether a token is unknown, revoked or expired', async () => {
  const revoked = (await create(one)).body;
  await api.admin('DELETE', `/api/tokens/${revoked.id}`);
  const expired = (await create(one)).body;
  await api.bed.store.tokens.updateOne({ _id: expired.id }, { expiresAt: new Date(Date.now() - 1) });
  await api.bed.store.versions.updateOne({ _id: 'versions' }, { $inc: { tokens: 1 } });
  await api.context.watcher.refresh();
  const unknown = `ust_${'A'.repeat(43)}`;
  const replies = await Promise.all([unknown, revoked.token, expired.token].map(whoIs));
  const toComparable = ({ body, headers }: (typeof replies)[number]) => ({
    ...body,
    requestId: null,
    challenge: headers.get('WWW-Authenticate'),
  });
  expect(replies[0]?.status).toBe(401);
  expect(new Set(replies.map((reply) => JSON.stringify(toComparable(reply)))).size).toBe(1);
});

it('shows when a token was last used, and that one never was', async () => {
  const { tokens } = createClient({ baseUrl: api.url, token: api.adminToken });
  const used = await tokens.create({ name: 'used', scopes: ['jobs:read'] });
  const dead = await tokens.create({ name: 'dead', scopes: ['jobs:read'] });
  expect(used.lastUsedAt).toBeNull();
  const before = Date.now();
  await whoIs(used.token);
  await whoIs(`${dead.token}x`);
  await api.context.tokenUses.runOnce();
  const { data } = await tokens.list({ limit: 200 });
  const lastUses = new Map(data.map(({ id, lastUsedAt }) => [id, lastUsedAt]));
  expect(Date.parse(lastUses.get(used.id) ?? '')).toBeGreaterThanOrEqual(before);
  expect(lastUses.get(dead.id)).toBeNull();
  await tokens.revoke(used.id);
  await expect(tokens.revoke(used.id)).rejects.toMatchObject({ status: 404, code: 'not_found' });
});

it('keeps what it could not write of the last uses', async () => {
  const { body } = await create(one);
  await whoIs(body.token);
  const away = vi.spyOn(api.context.store.tokens, 'bulkWrite').mockRejectedValueOnce(new Error('away'));
  await expect(api.context.tokenUses.runOnce()).rejects.toThrow('away');
  away.mockRestore();
  await api.context.tokenUses.runOnce();
  expect((await api.bed.store.tokens.findById(body.id).lean())?.lastUsedAt).toBeInstanceOf(Date);
});

describe('one’s own token', () => {
  it('can be revoked with itself, and is refused from then on', async () => {
    const { token, tokenId } = await api.as({ scopes: ['admin'] });
    const own = createCaller(api.url, token);
    expect((await own('DELETE', `/api/tokens/${tokenId}`)).status).toBe(204);
    expect((await own('GET', '/api/tokens')).status).toBe(401);
  });

  it('can be the last of an administrator: a login link still opens the console', async () => {
    const lone = await startTestApi();
    try {
      const { body } = await lone.admin('GET', '/api/tokens');
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual(['tok_bootstrap']);
      expect((await lone.admin('DELETE', '/api/tokens/tok_bootstrap')).status).toBe(204);
      expect((await lone.admin('GET', '/api/tokens')).status).toBe(401);
      const { code } = await createLoginLink(lone.bed.store);
      const signedIn = await lone.anonymous('POST', '/api/session', { body: { code } });
      const Cookie = signedIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
      const made = await lone.anonymous('POST', '/api/tokens', {
        headers: { Cookie, Origin: lone.url },
        body: { name: 'again', scopes: ['admin'] },
      });
      expect((await createCaller(lone.url, made.body.token)('GET', '/api/tokens')).status).toBe(200);
      // The environment still names the one that was revoked: it is there again from the next start on.
      await ensureBootstrapToken(lone.bed.store, lone.adminToken);
      await lone.context.watcher.refresh();
      expect((await lone.admin('GET', '/api/tokens')).status).toBe(200);
    } finally {
      await lone.close();
    }
  });
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

import { createLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
/** How far the test has moved the clock. */
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
beforeAll(async () => {
  api = await startTestApi({ config: { TRUST_PROXY: 1 }, clock });
});
beforeEach(() => {
  aheadMs = 0;
});
afterAll(() => api.close());

const PATH = '/api/session';
let address = 0;
/** Each from an address of its own, so that the limit on failures does not meet the other tests. */
const signIn = (body: object, headers: Record<string, string> = {}) =>
  api.anonymous('POST', PATH, {
    body,
    headers: { 'X-Forwarded-For': `10.0.0.${(address += 1)}`, ...headers },
  });
const toCookie = (reply: { headers: Headers }) => reply.headers.get('Set-Cookie')?.split(';')[0] ?? '';
const signedIn = async (scopes: Parameters<TestApi['as']>[0]['scopes'] = ['admin']) => {
  const { token, tokenId } = await api.as({ scopes });
  return { cookie: toCookie(await signIn({ token })), token, tokenId };
};

describe('signing in', () => {
  it('trades a token for a cookie that scripts and other sites do not get', async () => {
    const { token } = await api.as({ scopes: ['jobs:write'], client: 'shop' });
    const reply = await signIn({ token });
    expect(reply.status).toBe(200);
    expect(reply.body).toMatchObject({ client: 'shop', scopes: ['jobs:write'] });
    const hours = (Date.parse(reply.body.expiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    expect(reply.headers.get('Set-Cookie')).toMatch(
      /^understudy_session=\S+; Path=\/; HttpOnly; SameSite=Strict; Expires=/,
    );
    const read = await api.anonymous('GET', PATH, { headers: { Cookie: toCookie(reply) } });
    expect(read.body).toEqual(reply.body);
    const [stored] = await api.bed.store.sessions.find().sort({ createdAt: -1 }).limit(1).lean();
    expect(toCookie(reply)).not.toContain(stored?._id);
  });

  it('ends with the value of its token, also where another has the same id by then', async () => {
    const { cookie, tokenId } = await signedIn();
    const read = () => api.anonymous('GET', PATH, { headers: { Cookie: cookie } });
    expect((await read()).status).toBe(200);
    await api.bed.store.tokens.updateOne({ _id: tokenId }, { hash: 'of another value' });
    await api.context.tokens.load();
    expect((await read()).status).toBe(401);
  });

  it('takes the code of a link once, even of many at once', async () => {
    const { code } = await createLoginLink(api.bed.store);
    const replies = await Promise.all(Array.from({ length: 8 }, () => signIn({ code })));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ body }) => body.code === 'unauthenticated')).toHaveLength(7);
    expect(replies.find(({ status }) => status === 200)?.body).toMatchObject({
      name: 'operator',
      scopes: ['admin'],
    });
  });

  it('refuses a code that is too old, in the words for one that was never good', async () => {
    const made = await createLoginLink(api.bed.store, { now: clock.now() });
    const fresh = await createLoginLink(api.bed.store, { now: clock.now() });
    expect(made.expiresAt.getTime() - clock.now()).toBeLessThanOrEqual(600_000);
    aheadMs = 590_000;
    expect((await signIn({ code: fresh.code })).status).toBe(200);
    aheadMs = 600_001;
    const late = await signIn({ code: made.code });
    const { body: wrong } = await signIn({ code: 'wrong' });
    expect(late.body).toMatchObject({ status: 401, code: 'unauthenticated', detail: wrong.detail });
    expect(late.headers.get('Set-Cookie')).toBeNull();
  });

  it('stores a hash of the code only', async () => {
    const { code } = await createLoginLink(api.bed.store, { now: clock.now() });
    expect(JSON.stringify(await api.bed.store.loginLinks.find().lean())).not.toContain(code);
  });

  it('makes a session of its own, whatever cookie came along, and ends the one before', async () => {
    const { cookie: before, token } = await signedIn();
    const planted = 'understudy_session=planted-by-somebody-else';
    for (const Cookie of [before, planted]) {
      const reply = await signIn({ token }, { Cookie });
      expect(reply.status).toBe(200);
      expect(toCookie(reply)).not.toBe(Cookie);
      expect((await api.anonymous('GET', PATH, { headers: { Cookie } })).status).toBe(401);
      expect((await api.anonymous('GET', PATH, { headers: { Cookie: toCookie(reply) } })).status).toBe(200);
    }
  });

  it('ends no session where it fails', async () => {
    const { cookie: Cookie } = await signedIn();
    expect((await signIn({ token: 'wrong' }, { Cookie })).status).toBe(401);
    expect((await api.anonymous('GET', PATH, { headers: { Cookie } })).status).toBe(200);
  });

  it.each([{}, { token: '' }, { token: 'x', code: 'y' }, { password: 'x' }])(
    'refuses the body %j',
    async (body) => {
      expect((await signIn(body)).status).toBe(422);
    },
  );

  it('makes the cookie Secure where the console is on https', async () => {
    const secure = await startTestApi({ config: { PUBLIC_URL: 'https://understudy.example.com' } });
    try {
      const { token } = await secure.as({ scopes: ['admin'] });
      const reply = await secure.anonymous('POST', PATH, { body: { token } });
      expect(reply.headers.get('Set-Cookie')).toMatch(
        /^__Host-understudy=\S+; Path=\/; HttpOnly; SameSite=Strict; Secure/,
      );
      expect(reply.headers.get('Strict-Transport-Security')).not.toBeNull();
      const headers = { Cookie: toCookie(reply), Origin: 'https://understudy.example.com' };
      expect((await secure.anonymous('DELETE', PATH, { headers })).status).toBe(204);
    } finally {
      await secure.close();
    }
  });
});

describe('a session', () => {
  it('ends when it is ended', async () => {
    const { cookie } = await signedIn();
    const headers = { Cookie: cookie, Origin: api.url };
    const ended = await api.anonymous('DELETE', PATH, { headers });
    expect(ended.status).toBe(204);
    expect(ended.headers.get('Set-Cookie')).toContain('Max-Age=0');
    expect((await api.anonymous('GET', PATH, { headers })).status).toBe(401);
  });

  it('ends with the token it was made from', async () => {
    const { cookie, tokenId, token } = await signedIn();
    expect((await api.admin('DELETE', `/api/tokens/${tokenId}`)).status).toBe(204);
    expect((await api.anonymous('GET', PATH, { headers: { Cookie: cookie } })).status).toBe(401);
    expect((await api.anonymous('GET', PATH, { headers: { Authorization: `Bearer ${token}` } })).status).toBe(
      401,
    );
    expect((await signIn({ token })).status).toBe(401);
  });

  it('counts for nothing without its token, even where it was left behind', async () => {
    const { cookie, tokenId } = await signedIn();
    await api.bed.store.tokens.updateOne({ _id: tokenId }, { revokedAt: new Date() });
    await api.bed.store.versions.updateOne({ _id: 'versions' }, { $inc: { tokens: 1 } });
    await api.context.watcher.refresh();
    expect((await api.anonymous('GET', PATH, { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it('ends when its time is up', async () => {
    const { cookie, tokenId } = await signedIn();
    await api.bed.store.sessions.updateOne({ tokenId }, { expiresAt: new Date(Date.now() - 1) });
    // What this process has read of a session it trusts for half a second.
    const ask = () => api.anonymous('GET', PATH, { headers: { Cookie: cookie } });
    await eventually(async () => (await ask()).status === 401);
    expect((await ask()).status).toBe(401);
  });

  it('ends after twelve hours, however much it is used', async () => {
    const { cookie: Cookie, tokenId } = await signedIn();
    const statuses: number[] = [];
    const readLastUse = async () => (await api.bed.store.sessions.findOne({ tokenId }).lean())?.lastUsedAt;
    for (let hours = 1; hours <= 12; hours += 1) {
      aheadMs = hours * 3_600_000;
      const now = Date.now() + aheadMs;
      statuses.push((await api.anonymous('GET', PATH, { headers: { Cookie } })).status);
      // A use is noted beside the reply.
      if (hours < 12) await eventually(async () => ((await readLastUse())?.getTime() ?? 0) >= now);
    }
    expect(statuses).toEqual([...Array.from({ length: 11 }, () => 200), 401]);
  });

  it('ends when nobody has used it for two hours, in whichever process', async () => {
    const { cookie: Cookie, tokenId } = await signedIn();
    const read = async () => (await api.anonymous('GET', PATH, { headers: { Cookie } })).status;
    aheadMs = 119 * 60_000;
    expect(await read()).toBe(200);
    const isNoted = async () =>
      (await api.bed.store.sessions.findOne({ tokenId }).lean())?.lastUsedAt !== undefined;
    await eventually(isNoted);
    aheadMs += 119 * 60_000;
    expect(await read()).toBe(200);
    aheadMs += 120 * 60_000;
    expect(await read()).toBe(401);
  });

  it('gives way to a bearer token that comes with it', async () => {
    const { cookie: Cookie } = await signedIn();
    const other = await api.as({ scopes: ['jobs:read'], client: 'shop' });
    const read = (authorization: string) =>
      api.anonymous('GET', PATH, { headers: { Cookie, Authorization: authorization } });
    expect((await read(`Bearer ${other.token}`)).body).toMatchObject({
      client: 'shop',
      scopes: ['jobs:read'],
    });
    expect((await read('Bearer wrong')).status).toBe(401);
    expect((await read('Basic d3Jvbmc6d3Jvbmc=')).status).toBe(401);
  });

  it('has the scopes of its token', async () => {
    const { cookie } = await signedIn(['jobs:read']);
    expect((await api.anonymous('GET', '/api/providers', { headers: { Cookie: cookie } })).status).toBe(403);
    expect((await api.anonymous('GET', '/api/classifications', { headers: { Cookie: cookie } })).status).toBe(
      200,
    );
  });
});

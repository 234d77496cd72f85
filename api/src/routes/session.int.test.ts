import { createLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ config: { TRUST_PROXY: 1 } });
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

  it('refuses a code that is too old', async () => {
    const { code } = await createLoginLink(api.bed.store, { now: Date.now() - 600_001 });
    expect((await signIn({ code })).status).toBe(401);
  });

  it.each([{}, { token: '' }, { token: 'x', code: 'y' }, { password: 'x' }])(
    'refuses the body %j',
    async (body) => {
      expect((await signIn(body)).status).toBe(422);
    },
  );

  it('limits failures per address, and only failures', async () => {
    const from = { 'X-Forwarded-For': '192.0.2.7' };
    const { token } = await api.as({ scopes: ['admin'] });
    for (let index = 0; index < 15; index += 1) expect((await signIn({ token }, from)).status).toBe(200);
    const tries = await Promise.all(Array.from({ length: 30 }, () => signIn({ token: 'wrong' }, from)));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(10);
    const limited = tries.find(({ status }) => status === 429);
    expect(limited?.body.code).toBe('rate_limited');
    expect(Number(limited?.headers.get('Retry-After'))).toBeGreaterThan(0);
    expect((await signIn({ token }, from)).status).toBe(429);
    expect((await signIn({ token })).status).toBe(200);
  });

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
    expect((await api.anonymous('GET', PATH, { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it('has the scopes of its token', async () => {
    const { cookie } = await signedIn(['jobs:read']);
    expect((await api.anonymous('GET', '/api/providers', { headers: { Cookie: cookie } })).status).toBe(403);
    expect((await api.anonymous('GET', '/api/classifications', { headers: { Cookie: cookie } })).status).toBe(
      200,
    );
  });

  it('changes things only from the console’s own address', async () => {
    const { cookie, token } = await signedIn();
    const remove = (headers: Record<string, string>) =>
      api.anonymous('DELETE', '/api/providers/nobody', { headers: { Cookie: cookie, ...headers } });
    const foreign = ['https://evil.example.com', 'null', `${api.url}1`, 'http://127.0.0.1'];
    for (const Origin of foreign) expect((await remove({ Origin })).body.code).toBe('forbidden');
    expect((await remove({})).body.code).toBe('forbidden');
    expect((await remove({ Origin: api.url })).body.code).toBe('provider_not_found');
    expect((await signIn({ token }, { Origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await signIn({ token }, { Origin: api.url })).status).toBe(200);
    // A bearer token is not sent by a browser of its own accord.
    const bearer = { Authorization: `Bearer ${token}`, Origin: 'https://tool.example.com' };
    expect((await api.anonymous('DELETE', '/api/providers/nobody', { headers: bearer })).status).toBe(404);
  });
});

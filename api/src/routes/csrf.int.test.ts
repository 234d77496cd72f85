import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const SECURE = 'https://understudy.example.com';
let plain: TestApi;
let secure: TestApi;
const cookies = new Map<TestApi, string>();
beforeAll(async () => {
  plain = await startTestApi();
  secure = await startTestApi({ config: { PUBLIC_URL: SECURE } });
  for (const api of [plain, secure]) {
    const { token } = await api.as({ scopes: ['admin'] });
    const { headers } = await api.anonymous('POST', '/api/session', { body: { token } });
    cookies.set(api, headers.get('Set-Cookie')?.split(';')[0] ?? '');
  }
});
afterAll(async () => {
  await plain.close();
  await secure.close();
});

type Method = 'PUT' | 'PATCH' | 'DELETE';
const change = (api: TestApi, headers: Record<string, string>, method: Method = 'DELETE') =>
  api.anonymous(method, '/api/providers/nobody', {
    headers: { Cookie: cookies.get(api) ?? '', ...headers },
    ...(method === 'DELETE' ? {} : { body: {} }),
  });
const port = () => Number(new URL(plain.url).port);

/** What a browser sends of a page, with the session's cookie. */
const FOREIGN: [string, () => Record<string, string>][] = [
  ['no origin', () => ({})],
  ['the origin of a page without one', () => ({ Origin: 'null' })],
  ['no address', () => ({ Origin: 'nonsense' })],
  ['another host', () => ({ Origin: 'https://evil.example.com' })],
  ['another name of the same host', () => ({ Origin: `http://localhost:${port()}` })],
  ['a host that ends like ours', () => ({ Origin: `http://evil127.0.0.1:${port()}` })],
  ['a host that begins like ours', () => ({ Origin: `http://127.0.0.1:${port()}.evil.example.com` })],
  ['ours as a user name', () => ({ Origin: `http://127.0.0.1:${port()}@evil.example.com` })],
  ['another port', () => ({ Origin: `http://127.0.0.1:${port() + 1}` })],
  ['the default port', () => ({ Origin: 'http://127.0.0.1' })],
  ['another site, by the browser', () => ({ Origin: plain.url, 'Sec-Fetch-Site': 'cross-site' })],
  ['a sibling of ours, by the browser', () => ({ Origin: plain.url, 'Sec-Fetch-Site': 'same-site' })],
];

describe('a change with a session cookie', () => {
  it.each(FOREIGN)('is refused from %s', async (_, toHeaders) => {
    for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
      expect((await change(plain, toHeaders(), method)).body).toMatchObject({
        status: 403,
        code: 'forbidden',
      });
    }
    const created = await plain.anonymous('POST', '/api/tokens', {
      headers: { Cookie: cookies.get(plain) ?? '', ...toHeaders() },
      body: { name: 'planted', scopes: ['admin'] },
    });
    expect(created.body.code).toBe('forbidden');
    expect(await plain.bed.store.tokens.countDocuments({ name: 'planted' })).toBe(0);
  });

  it('is made from the console’s own address', async () => {
    expect((await change(plain, { Origin: plain.url })).body.code).toBe('provider_not_found');
    const byBrowser = { Origin: plain.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await change(plain, byBrowser)).body.code).toBe('provider_not_found');
  });

  it('is made from PUBLIC_URL where a proxy has another name for us, and never from http where that is https', async () => {
    expect((await change(secure, { Origin: SECURE })).body.code).toBe('provider_not_found');
    for (const Origin of [SECURE.replace('https', 'http'), `${SECURE}:8443`, secure.url]) {
      expect((await change(secure, { Origin })).body.code).toBe('forbidden');
    }
  });

  it('is not made through Bull Board from anywhere', async () => {
    const Cookie = cookies.get(plain) ?? '';
    const post = (headers: Record<string, string>) =>
      plain.anonymous('PUT', '/admin/queues/api/queues/pause', { headers: { Cookie, ...headers } });
    expect((await post({ Origin: 'https://evil.example.com' })).body.code).toBe('forbidden');
    expect((await post({ Origin: plain.url })).body.code).toBe('method_not_allowed');
  });
});

it('signs nobody in from another site’s page, where it was sent by a browser', async () => {
  const { token } = await plain.as({ scopes: ['admin'] });
  const signIn = (headers: Record<string, string>) =>
    plain.anonymous('POST', '/api/session', { body: { token }, headers });
  for (const [name, toHeaders] of FOREIGN) {
    const { status, headers } = await signIn(toHeaders());
    expect([name, status]).toEqual([name, name === 'no origin' ? 200 : 403]);
    expect(headers.has('Set-Cookie')).toBe(name === 'no origin');
  }
});

it('takes a bearer token from anywhere, since no browser sends it of its own accord', async () => {
  const { token } = await plain.as({ scopes: ['admin'] });
  const headers = { Authorization: `Bearer ${token}`, Origin: 'https://tool.example.com' };
  expect((await change(plain, headers)).body.code).toBe('provider_not_found');
});

it('gives no other site leave to read or to send', async () => {
  const { headers } = await plain.anonymous('OPTIONS', '/api/providers', {
    headers: { Origin: 'https://evil.example.com', 'Access-Control-Request-Method': 'POST' },
  });
  const allowed = [...headers.keys()].filter((name) => name.startsWith('access-control-'));
  expect(allowed).toEqual([]);
});

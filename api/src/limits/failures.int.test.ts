import { createLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let bed: TestBed;
let one: TestApi;
let other: TestApi;
beforeAll(async () => {
  bed = await createTestBed();
  one = await startTestApi({ bed, config: { TRUST_PROXY: 1 } });
  other = await startTestApi({ bed, config: { TRUST_PROXY: 1 } });
});
afterAll(async () => {
  await one.close();
  await other.close();
  await bed.close();
});

const PATH = '/api/session';
const from = (address: string) => ({ 'X-Forwarded-For': address });
const signIn = (api: TestApi, address: string, body: object) =>
  api.anonymous('POST', PATH, { body, headers: from(address) });
const toStatuses = (replies: { status: number }[]) => replies.map(({ status }) => status);
const many = <T>(count: number, call: (index: number) => Promise<T>) =>
  Promise.all(Array.from({ length: count }, (_, index) => call(index)));
/** As if so much had been counted in this minute. */
const have = (key: string, count: number) => bed.redis.set(`${bed.prefix}:rate:${key}`, count, 'EX', 60);

describe('failed logins', () => {
  it('are limited per address over all processes, however many come at once', async () => {
    const { token } = await other.as({ scopes: ['admin'] });
    await one.context.watcher.refresh();
    const tries = await many(30, (index) => signIn(index % 2 ? one : other, '192.0.2.1', { token: 'wrong' }));
    expect(tries.filter(({ status }) => status === 401)).toHaveLength(10);
    const refused = tries.find(({ status }) => status === 429);
    const seconds = refused?.headers.get('Retry-After');
    expect(refused?.body.detail).toContain(`Try again in ${seconds} s.`);
    expect(refused?.headers.get('RateLimit-Policy')).toBe('"logins";q=10;w=60');
    expect(refused?.headers.get('RateLimit')).toBe(`"logins";r=0;t=${seconds}`);
    expect(toStatuses([await signIn(one, '192.0.2.1', { token })])).toEqual([429]);
    // Who comes from elsewhere is not kept out.
    expect(toStatuses([await signIn(one, '192.0.2.2', { token })])).toEqual([200]);
  });

  it('hold for tokens and the codes of links together, and for a whole IPv6 subscriber', async () => {
    const tries = await many(12, (index) => {
      const body = index % 2 ? { token: 'wrong' } : { code: 'wrong' };
      return signIn(one, `2001:db8:0:1::${index + 1}`, body);
    });
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(2);
    expect((await signIn(one, '2001:db8:0:2::1', { token: 'wrong' })).status).toBe(401);
  });

  it('do not come of logins that succeed', async () => {
    const tokens = [await one.as({ scopes: ['admin'] }), await one.as({ scopes: ['admin'] })];
    const statuses: number[] = [];
    for (let index = 0; index < 12; index += 1) {
      const { token } = tokens[index % 2]!;
      statuses.push((await signIn(one, '192.0.2.3', { token })).status);
    }
    expect(new Set(statuses)).toEqual(new Set([200]));
  });
});

describe('logins that succeed', () => {
  it('are limited per token over all processes, wherever they come from, and put no more on record', async () => {
    const { token, tokenId } = await one.as({ scopes: ['admin'] });
    await other.context.watcher.refresh();
    await have(`sign-in:${tokenId}`, 54);
    const replies = await many(10, (index) =>
      signIn(index % 2 ? one : other, `198.51.100.${index}`, { token }),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(6);
    const refused = replies.find(({ status }) => status === 429);
    const seconds = refused?.headers.get('Retry-After');
    expect(refused?.body.detail).toBe(
      `This token has signed in 60 times within a minute. Try again in ${seconds} s.`,
    );
    expect(refused?.headers.get('RateLimit-Policy')).toBe('"sign-ins";q=60;w=60');
    expect(
      await bed.store.audit.countDocuments({ action: 'session.started', 'actor.tokenId': tokenId }),
    ).toBe(6);
    // It is the token that is held back, not who else comes from there.
    const { token: another } = await one.as({ scopes: ['admin'] });
    expect((await signIn(one, '198.51.100.1', { token: another })).status).toBe(200);
  });

  it('are limited for the holders of links together', async () => {
    await have('sign-in:link', 54);
    const codes = await many(8, async () => (await createLoginLink(bed.store)).code);
    const replies = await Promise.all(
      codes.map((code, index) => signIn(one, `203.0.113.${index}`, { code })),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(6);
    expect(replies.filter(({ status }) => status === 429)).toHaveLength(2);
  });
});

describe('wrong credentials', () => {
  const ask = (api: TestApi, address: string, headers: Record<string, string>) =>
    api.anonymous('GET', PATH, { headers: { ...from(address), ...headers } });
  const wrong = { Authorization: 'Bearer ust_wrong' };

  it('are limited per address over all processes, and shut out no good token', async () => {
    const { token } = await one.as({ scopes: ['admin'] });
    await have('credentials:192.0.2.10', 294);
    const replies = await many(12, (index) => ask(index % 2 ? one : other, '192.0.2.10', wrong));
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(6);
    const refused = replies.find(({ status }) => status === 429);
    expect(refused?.body.code).toBe('rate_limited');
    expect(refused?.headers.get('RateLimit-Policy')).toBe('"failed-credentials";q=300;w=60');
    const good = { Authorization: `Bearer ${token}` };
    expect((await ask(one, '192.0.2.10', good)).status).toBe(200);
    expect((await ask(one, '192.0.2.11', wrong)).status).toBe(401);
    // A request without any costs nothing, and counts for nothing.
    expect((await ask(one, '192.0.2.10', {})).status).toBe(401);
  });

  it('of cookies do not reach the ledger beyond the limit, while sessions that are known go on', async () => {
    const address = '192.0.2.20';
    const { token } = await one.as({ scopes: ['admin'] });
    const signedIn = await signIn(one, address, { token });
    const Cookie = signedIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
    expect((await ask(one, address, { Cookie })).status).toBe(200);
    await have(`credentials:${address}`, 299);
    await many(2, (index) => ask(one, address, { Cookie: `understudy_session=wrong-${index}` }));
    await other.context.watcher.refresh();
    const elsewhere = await signIn(other, '192.0.2.21', { token });
    const unknown = elsewhere.headers.get('Set-Cookie')?.split(';')[0] ?? '';
    expect((await ask(one, address, { Cookie: unknown })).status).toBe(429);
    expect((await ask(one, address, { Cookie })).status).toBe(200);
    expect((await ask(one, '192.0.2.21', { Cookie: unknown })).status).toBe(200);
    const late = await signIn(one, address, { token });
    const fresh = late.headers.get('Set-Cookie')?.split(';')[0] ?? '';
    expect((await ask(one, address, { Cookie: fresh })).status).toBe(200);
  });
});

it('takes no address from a caller where no proxy is trusted', async () => {
  const direct = await startTestApi();
  try {
    const tries = await many(12, (index) => signIn(direct, `198.51.100.${index}`, { token: 'wrong' }));
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(2);
  } finally {
    await direct.close();
  }
});

import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createCaller } from '../testing/caller.ts';
import { listen } from '../testing/event-listener.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let bed: TestBed;
let one: TestApi;
let other: TestApi;
beforeAll(async () => {
  bed = await createTestBed();
  one = await startTestApi({ bed });
  other = await startTestApi({ bed });
});
afterAll(async () => {
  await one.close();
  await other.close();
  await bed.close();
});

const PATH = '/api/classifications';
const counted = () => bed.redis.keys(`${bed.prefix}:rate:token:*`);

async function limited(requestsPerMinute: number) {
  const first = await one.as({ scopes: ['jobs:read'], requestsPerMinute });
  await other.context.watcher.refresh();
  const { token, tokenId } = first;
  const used = async () => Number(await bed.redis.get(`${bed.prefix}:rate:token:${tokenId}`));
  return { first, second: createCaller(other.url, token), token, tokenId, used };
}

it('lets exactly so many through, over all processes and however many come at once', async () => {
  const { first, second } = await limited(20);
  const replies = await Promise.all(
    Array.from({ length: 50 }, (_, index) => (index % 2 ? first : second)('GET', PATH)),
  );
  expect(replies.filter(({ status }) => status === 200)).toHaveLength(20);
  expect(replies.filter(({ status }) => status === 429)).toHaveLength(30);
});

it('tells in every reply what is left, and in a refusal when to come again', async () => {
  const { first, second, tokenId } = await limited(3);
  const replies = [
    await first('GET', PATH),
    await second('GET', '/api/providers'),
    await first('HEAD', PATH),
  ];
  expect(replies.map(({ status }) => status)).toEqual([200, 403, 200]);
  expect(replies.map(({ headers }) => headers.get('RateLimit'))).toEqual(
    [2, 1, 0].map((left) => expect.stringMatching(new RegExp(`^"default";r=${left};t=\\d+$`))),
  );
  for (const { headers } of replies) {
    expect(headers.get('RateLimit-Policy')).toBe('"default";q=3;w=60');
    expect(headers.get('Retry-After')).toBeNull();
  }
  const refused = await second('GET', PATH);
  const seconds = refused.headers.get('Retry-After');
  expect(refused.body).toMatchObject({
    status: 429,
    code: 'rate_limited',
    detail: `This token may make 3 requests a minute. Ask again in ${seconds} s.`,
  });
  expect(refused.headers.get('RateLimit-Policy')).toBe('"default";q=3;w=60');
  expect(refused.headers.get('RateLimit')).toBe(`"default";r=0;t=${seconds}`);
  // The minute is over by the clock of Redis.
  await bed.redis.pexpire(`${bed.prefix}:rate:token:${tokenId}`, 0);
  expect((await second('GET', PATH)).headers.get('RateLimit')).toMatch(/^"default";r=2;/);
});

it('asks Redis nothing about a token without a limit, and tells nothing of one', async () => {
  const before = await counted();
  const free = await one.as({ scopes: ['jobs:read'] });
  const { status, headers } = await free('GET', PATH);
  expect([status, headers.get('RateLimit'), headers.get('RateLimit-Policy')]).toEqual([200, null, null]);
  expect(await counted()).toEqual(before);
});

it('counts what was let in and nothing else', async () => {
  const { first, token, used } = await limited(100);
  await first('GET', '/api/session');
  expect(await used()).toBe(1);
  await createCaller(one.url, `${token}x`)('GET', PATH);
  await one.anonymous('GET', PATH);
  await first('OPTIONS', PATH);
  await first('GET', '/healthz');
  await first('GET', '/api/no-such-path');
  expect(await used()).toBe(1);
  await first('GET', `${PATH}?nonsense=1`);
  await first('GET', `${PATH}/job_none`, { headers: { Prefer: 'wait=2' } });
  expect(await used()).toBe(3);
});

it('counts a stream of events once, however often it is looked at', async () => {
  const { token, used } = await limited(100);
  const listener = await listen(one.url, token);
  expect(listener.headers.get('RateLimit')).toMatch(/^"default";r=99;/);
  const looks = vi.spyOn(one.context.tokens, 'find');
  await eventually(() => expect(looks.mock.calls.length).toBeGreaterThan(1));
  looks.mockRestore();
  listener.hangUp();
  await listener.ended;
  expect(await used()).toBe(1);
});

it('counts the sessions of a token to it, from the login on', async () => {
  const { first, token, used } = await limited(3);
  const signIn = () => other.anonymous('POST', '/api/session', { body: { token } });
  const { headers } = await signIn();
  const Cookie = headers.get('Set-Cookie')?.split(';')[0] ?? '';
  expect(headers.get('RateLimit')).toMatch(/^"default";r=2;/);
  expect(await used()).toBe(1);
  await first('GET', PATH);
  const bySession = () => other.anonymous('GET', PATH, { headers: { Cookie } });
  expect((await bySession()).headers.get('RateLimit')).toMatch(/^"default";r=0;/);
  expect((await bySession()).status).toBe(429);
  expect((await first('GET', PATH)).status).toBe(429);
  const refused = await signIn();
  expect([refused.status, refused.headers.get('Set-Cookie')]).toEqual([429, null]);
  expect(refused.headers.get('RateLimit-Policy')).toBe('"default";q=3;w=60');
});

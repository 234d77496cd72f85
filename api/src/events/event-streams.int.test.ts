import { createClient } from '@understudy/shared/client/client';
import { ProblemError } from '@understudy/shared/client/problem-error';
import type { ServerEvent } from '@understudy/shared/contracts/event';
import { publishEvents, toStreamKey, type AppEvent } from '@understudy/shared/events/events';
import { eventually } from '@understudy/shared/testing/eventually';
import { toProxiedUri } from '@understudy/shared/testing/tcp-proxy';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { listen } from '../testing/event-listener.ts';
import { startStoppableProxy, type StoppableProxy } from '@understudy/shared/testing/stoppable-proxy';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let bed: TestBed;
let api: TestApi;
/** The way of the API, and of nobody else, to Redis. */
let redis: StoppableProxy;

beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  await bed.clear();
  redis = await startStoppableProxy(new URL(bed.redisUrl).host);
  api = await startTestApi({ bed, config: { REDIS_URL: toProxiedUri(bed.redisUrl, redis) } });
});
afterEach(async () => {
  await api.close();
  await redis.close();
});
afterAll(() => bed.close());

const toUpdate = (id: string): AppEvent => ({
  type: 'job.updated',
  id,
  client: 'default',
  state: 'succeeded',
  batchId: null,
  provider: null,
  degraded: false,
  finishedAt: null,
});
const publish = (...ids: string[]) => publishEvents(bed.redis, bed.prefix, ids.map(toUpdate));
const wipe = () => bed.redis.del(toStreamKey(bed.prefix), `${bed.prefix}:epoch`);
const toIds = (events: readonly ServerEvent[]) =>
  events.map(({ type, data }) => ('id' in data ? data.id : type));
const query = '?topics=job.updated';

describe('while Redis is away', () => {
  it('keeps a stream open, and tells behind it what it missed', async () => {
    const listener = await listen(api.url, api.adminToken, { query });
    await publish('job_1');
    await eventually(() => expect(toIds(listener.events)).toEqual(['job_1']));
    redis.cut();
    await publish('job_2', 'job_3');
    redis.mend();
    await eventually(() => expect(toIds(listener.events)).toEqual(['job_1', 'job_2', 'job_3']));
    listener.hangUp();
  });

  it('tells to fetch again once it is back with other contents', async () => {
    const listener = await listen(api.url, api.adminToken, { query });
    await publish('job_1');
    await eventually(() => expect(listener.events).toHaveLength(1));
    redis.cut();
    await wipe();
    await publish('job_lost');
    redis.mend();
    await eventually(() => expect(listener.events.at(-1)?.type).toBe('reset'));
    await publish('job_2');
    await eventually(() => expect(toIds(listener.events)).toEqual(['job_1', 'reset', 'job_2']));
    listener.hangUp();
  });

  it('takes a caller in, who resumes once it is back', async () => {
    const first = await listen(api.url, api.adminToken, { query });
    await publish('job_1');
    await eventually(() => expect(toIds(first.events)).toEqual(['job_1']));
    redis.cut();
    await publish('job_2');
    const [resumed, unknown] = await Promise.all([
      listen(api.url, api.adminToken, { query, lastEventId: first.ids.at(-1) }),
      listen(api.url, api.adminToken, { query, lastEventId: 'nonsense' }),
    ]);
    expect([resumed.status, unknown.status]).toEqual([200, 200]);
    redis.mend();
    await eventually(() => expect(toIds(resumed.events)).toEqual(['job_2']));
    await eventually(() => expect(toIds(unknown.events)).toEqual(['reset']));
    for (const listener of [first, resumed, unknown]) listener.hangUp();
  });
});

it('stays open while the ledger cannot tell who may listen, and ends with the token once it can', async () => {
  const { token, tokenId } = await api.as({ scopes: ['jobs:read'] });
  const signIn = await api.anonymous('POST', '/api/session', { body: { token } });
  const Cookie = signIn.headers.get('Set-Cookie')?.split(';')[0] ?? '';
  const listeners = [await listen(api.url, token), await listen(api.url, '', { headers: { Cookie } })];
  const ageMs = vi.spyOn(api.context.watcher, 'ageMs').mockReturnValue(30_001);
  await eventually(() => expect(ageMs.mock.calls.length).toBeGreaterThan(2 * listeners.length));
  await publish('job_1');
  await eventually(() =>
    expect(listeners.map(({ events }) => toIds(events))).toEqual([['job_1'], ['job_1']]),
  );
  ageMs.mockRestore();
  await api.admin('DELETE', `/api/tokens/${tokenId}`);
  await Promise.all(listeners.map(({ ended }) => ended));
});

it('ends every stream at once when the process stops, and lets nobody wait for the rest', async () => {
  const listeners = await Promise.all(Array.from({ length: 3 }, () => listen(api.url, api.adminToken)));
  const closing = api.close();
  await Promise.all(listeners.map(({ ended }) => ended));
  await closing;
  expect(api.context.eventStreams.size).toBe(0);
});

it('lets go of a caller who hangs up', async () => {
  const listener = await listen(api.url, api.adminToken);
  await eventually(() => expect(api.context.eventStreams.size).toBe(1));
  listener.hangUp();
  await eventually(() => expect(api.context.eventStreams.size).toBe(0));
});

describe('the TypeScript client', () => {
  it('iterates over events, and goes on behind the last one when the API is back', async () => {
    const seen: string[] = [];
    const abort = new AbortController();
    const client = createClient({ baseUrl: '', token: api.adminToken, fetch: toCurrentApi });
    const iterating = (async () => {
      for await (const { data } of client.events({ topics: ['job.updated'], signal: abort.signal })) {
        if ('id' in data) seen.push(data.id);
      }
    })();
    await eventually(async () => {
      await publish('job_first');
      expect(seen).not.toHaveLength(0);
    });
    await publish('job_1');
    await eventually(() => expect(seen.at(-1)).toBe('job_1'));
    seen.length = 0;
    await api.close();
    await publish('job_2');
    api = await startTestApi({ bed, config: { UNDERSTUDY_BOOTSTRAP_TOKEN: api.adminToken } });
    await publish('job_3');
    await eventually(() => expect(seen).toEqual(['job_2', 'job_3']));
    abort.abort(new Error('enough'));
    await expect(iterating).rejects.toThrow('enough');
    await eventually(() => expect(api.context.eventStreams.size).toBe(0));
  });

  it('hangs up when its consumer has enough', async () => {
    const client = createClient({ baseUrl: api.url, token: api.adminToken });
    const events = client.events({ topics: ['job.updated'], jobId: 'job_1' });
    const next = events.next();
    await eventually(() => expect(api.context.eventStreams.size).toBe(1));
    await publish('job_1');
    const { value } = await next;
    expect(value).toMatchObject({ type: 'job.updated', data: { id: 'job_1', state: 'succeeded' } });
    await events.return(undefined as never);
    await eventually(() => expect(api.context.eventStreams.size).toBe(0));
  });

  it('throws what the API refuses', async () => {
    const { token, tokenId } = await api.as({ scopes: ['jobs:read'] });
    const client = createClient({ baseUrl: api.url, token });
    await expect(client.events({ topics: ['stats'] }).next()).rejects.toMatchObject({ code: 'forbidden' });
    const next = client.events({ topics: ['job.updated'] }).next();
    await eventually(() => expect(api.context.eventStreams.size).toBe(1));
    await api.admin('DELETE', `/api/tokens/${tokenId}`);
    await expect(next).rejects.toThrow(ProblemError);
  });
});

function toCurrentApi(path: Parameters<typeof fetch>[0], init?: RequestInit) {
  return fetch(`${api.url}${String(path)}`, init);
}

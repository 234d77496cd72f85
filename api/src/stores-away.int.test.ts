import { createId } from '@understudy/shared/ids';
import { toProxiedUri } from '@understudy/shared/testing/tcp-proxy';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startStoppableProxy, type StoppableProxy } from '@understudy/shared/testing/stoppable-proxy';
import { createCaller } from './testing/caller.ts';
import { startTestApi, type TestApi } from './testing/test-api.ts';

/** Before this a call that waits for the ledger, which has 3 s, is not given up: what is sooner did not wait for it. */
const UNASKED_MS = 2_500;
/** It has 3 s, and a machine that is busy a while to tell. */
const UNBOUND_MS = 5_000;

let bed: TestBed;
let mongodb: StoppableProxy;
let redis: StoppableProxy;
let api: TestApi;

/** The API reaches its stores through proxies; `bed` does not. */
beforeEach(async () => {
  bed = await createTestBed();
  const { mongodbUri, redisUrl } = bed;
  mongodb = await startStoppableProxy(new URL(mongodbUri).host);
  redis = await startStoppableProxy(new URL(redisUrl).host);
  const config = {
    MONGODB_URI: toProxiedUri(mongodbUri, mongodb),
    REDIS_URL: toProxiedUri(redisUrl, redis),
  };
  api = await startTestApi({ bed, config });
});
afterEach(async () => {
  mongodb.thaw();
  redis.thaw();
  mongodb.mend();
  redis.mend();
  await api.close();
  await bed.close();
  await Promise.all([mongodb.close(), redis.close()]);
});

const submit = (text: string, headers: Record<string, string> = {}) =>
  api.admin('POST', '/api/classifications', { body: { text, labels: ['a', 'b'] }, headers });
/** Whether Kubernetes goes on to send requests here. */
/** By the readiness probe of docs/operations/kubernetes/api.yaml. */
const isInService = async () => (await api.anonymous('GET', '/healthz')).status === 200;
const findJob = (text: string) => bed.store.jobs.findOne({ text }).lean();

async function timed<T>(work: Promise<T>) {
  const startedAt = performance.now();
  return { reply: await work, ms: performance.now() - startedAt };
}

describe('a frozen ledger', () => {
  it('is a 503 within 3 s, and what it confirms later is cancelled', async () => {
    const text = createId('evt');
    mongodb.freeze();
    const { reply, ms } = await timed(submit(text));
    expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
    expect(reply.headers.get('Retry-After')).toBe('1');
    expect(reply.body.detail).toBe(
      'The ledger did not confirm in time. Repeat with the same Idempotency-Key.',
    );
    expect(ms).toBeGreaterThan(UNASKED_MS);
    expect(ms).toBeLessThan(UNBOUND_MS);
    expect(await findJob(text)).toBeNull();

    const later = createId('evt');
    await eventually(() => api.context.watcher.ageMs() > 3_500);
    const refused = await timed(submit(later));
    expect(refused.reply.body.code).toBe('store_unavailable');
    expect(refused.ms).toBeLessThan(UNASKED_MS);

    mongodb.thaw();
    const job = await eventually(async () => {
      const found = await findJob(text);
      return found?.state === 'cancelled' ? found : false;
    });
    expect(job).toMatchObject({ error: { code: 'cancelled' }, announce: { eventId: expect.any(String) } });
    expect(await findJob(later)).toBeNull();
  });

  it('gives the one job to whoever repeats with the same key', async () => {
    const text = createId('evt');
    const headers = { 'Idempotency-Key': text };
    mongodb.freeze();
    expect((await submit(text, headers)).status).toBe(503);
    mongodb.thaw();
    const reply = await eventually(
      async () => {
        const again = await submit(text, headers);
        return again.status === 202 ? again : false;
      },
      { everyMs: 200 },
    );
    expect(await bed.store.jobs.find({ text }).lean()).toMatchObject([
      { _id: reply.body.id, state: 'queued' },
    ]);
  });

  it('holds up no other kind of request for longer', async () => {
    mongodb.freeze();
    const calls = [
      api.admin('GET', '/api/providers'),
      api.admin('GET', '/api/classifications'),
      api.admin('GET', '/api/classifications/job_1', { headers: { Prefer: 'wait=30' } }),
      api.admin('POST', '/api/classifiers', { body: { name: 'x', labels: ['a', 'b'] } }),
      api.admin('POST', '/api/providers/local/test'),
      api.admin('POST', '/api/providers/health-check', { headers: { Prefer: 'wait=30' } }),
    ];
    for (const { reply, ms } of await Promise.all(calls.map(timed))) {
      expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
      // None of these takes a key.
      expect(reply.body.detail).toBe('The ledger did not confirm in time.');
      expect(ms).toBeLessThan(UNBOUND_MS);
    }
    const ready = await timed(api.anonymous('GET', '/readyz'));
    expect(ready.reply).toMatchObject({ status: 503, body: { stores: { mongodb: 'down', redis: 'up' } } });
    expect(ready.ms).toBeLessThan(UNASKED_MS);
    expect(await isInService()).toBe(true);
  });
});

it('works again by itself after the ledger was cut off', async () => {
  mongodb.cut();
  const { reply, ms } = await timed(submit('x'));
  expect(reply).toMatchObject({ status: 503, body: { code: 'store_unavailable' } });
  expect(ms).toBeLessThan(UNBOUND_MS);
  mongodb.mend();
  await eventually(async () => (await submit('x')).status === 202, { everyMs: 200 });
});

describe.each(['cut', 'freeze'] as const)('without Redis (%s)', (how) => {
  it('accepts jobs all the same, and leaves them in the ledger', async () => {
    const text = createId('evt');
    redis[how]();
    const first = await timed(submit(text));
    expect(first.reply.status).toBe(202);
    expect(first.ms).toBeLessThan(UNBOUND_MS);
    expect(await findJob(text)).toMatchObject({ state: 'queued', waiting: true });
    await eventually(() => api.context.epoch.current() === null);
    const { reply, ms } = await timed(submit('x'));
    expect(reply.status).toBe(202);
    expect(ms).toBeLessThan(UNASKED_MS);
    expect((await api.admin('GET', '/api/providers')).status).toBe(200);
    expect((await api.anonymous('GET', '/readyz')).body.stores).toEqual({ mongodb: 'up', redis: 'down' });
    expect(await isInService()).toBe(true);
    const test = await timed(api.admin('POST', '/api/providers/local/test'));
    expect(test.reply.body.code).toBe('no_worker');
    expect(test.ms).toBeLessThan(UNBOUND_MS);
  });

  it('holds tokens to their limits and addresses to their failures all the same, in each process', async () => {
    const body = { name: 'limited', scopes: ['jobs:read'], requestsPerMinute: 2 };
    const limited = createCaller(api.url, (await api.admin('POST', '/api/tokens', { body })).body.token);
    redis[how]();
    const replies = [];
    for (let index = 0; index < 3; index += 1) replies.push(await limited('GET', '/api/classifications'));
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(replies.map(({ headers }) => headers.get('RateLimit')?.split(';', 2)[1])).toEqual([
      'r=1',
      'r=0',
      'r=0',
    ]);
    const signIn = (token: string) => api.anonymous('POST', '/api/session', { body: { token } });
    expect((await signIn(api.adminToken)).status).toBe(200);
    const tries = await Promise.all(Array.from({ length: 12 }, () => signIn('wrong')));
    expect(tries.filter(({ status }) => status === 429)).toHaveLength(2);
  });
});

import { createClient } from '@understudy/shared/client/client';
import { toWorkersKeys } from '@understudy/shared/fleet/keys';
import { LIVES_MS } from '@understudy/shared/fleet/workers';
import { readRedisNow } from '@understudy/shared/runtime/redis';
import { rollUpAvailability } from '@understudy/shared/store/availability/roll-up-availability';
import { countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen } from '../testing/event-listener.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
beforeAll(async () => {
  api = await startTestApi({ clock });
  const { jobs, attempts } = api.bed.store;
  const startedAt = Date.now();
  const agoMs = (ms: number) => new Date(startedAt - ms);
  const toEnded = { startedAt: agoMs(89_900), finishedAt: agoMs(89_000) };
  const provider = await api.admin('POST', '/api/providers', {
    body: { name: 'main', type: 'openai', apiKey: 'sk-12345678', configuration: { model: 'm' } },
  });
  await jobs.insertMany([
    buildJob({ createdAt: agoMs(5_000) }),
    buildJob({ createdAt: agoMs(4_000) }),
    buildJob({ state: 'processing', createdAt: agoMs(3_000) }),
    buildJob({ state: 'succeeded', createdAt: agoMs(90_000), ...toEnded }),
    buildJob({ state: 'failed', createdAt: agoMs(90_000), ...toEnded }),
    buildJob({ state: 'cancelled', createdAt: agoMs(8 * 86_400_000), finishedAt: agoMs(8 * 86_400_000) }),
  ]);
  const ends = [
    buildAttemptEnd({ costNanoUsd: 2_000_000_000 }),
    buildAttemptEnd({ outcome: 'failed', fault: 'network', costNanoUsd: null, pricing: 'unpriced' }),
  ];
  const reference = { ...buildAttempt().provider, id: provider.body.id };
  const made = ends.map((end) => buildAttempt({ ...end, provider: reference, settledAt: new Date() }));
  await attempts.insertMany(made);
  await countAttempts(
    api.bed.store,
    made.map(({ _id }) => _id),
    0,
  );
  await rollUpAvailability(api.bed.store, { now: Date.now(), targetMs: 30_000 });
});
afterAll(() => api.close());

/** What a worker process says of itself every second. */
async function beat(id: string, { agoMs = 0 } = {}) {
  const { seen, said } = toWorkersKeys(api.bed.prefix);
  const word = { startedAt: '2026-01-01T00:00:00.000Z', active: 3, concurrency: 32 };
  await api.bed.redis.zadd(seen, (await readRedisNow(api.bed.redis)) - agoMs, id);
  await api.bed.redis.hset(said, id, JSON.stringify(word));
}

it('shows the service at a glance', async () => {
  await beat('w1');
  await beat('w2', { agoMs: LIVES_MS });
  const { status, body } = await api.admin('GET', '/api/stats/overview?window=1h');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    window: '1h',
    jobs: { queued: 2, processing: 1, deferred: 0, succeeded: 1, failed: 1, cancelled: 0 },
    availability: { window: '1h', accepted: 2, answered: 1, ratio: 0.5, target: 0.999 },
    connectivity: { window: '1h', attempts: 2, errors: 1, ratio: 0.5, target: 0.01 },
    spend: { costUsd: 2, pricing: 'partial' },
    queue: { waiting: 2, active: 1, deferred: 0 },
    workers: [{ id: 'w1', startedAt: '2026-01-01T00:00:00.000Z', active: 3, concurrency: 32 }],
  });
  expect(body.workers[0].lastSeenAt).toMatch(/^20\d\d-.*\.\d{3}Z$/);
  expect(body.queue.oldestWaitingMs).toBeGreaterThanOrEqual(5_000);
  expect(body.submittedPerMinute * 60).toBeCloseTo(5, 0);
  expect(body.finishedPerMinute * 60).toBeCloseTo(2, 0);
  expect(body.queueWait.p50Ms).toBeCloseTo(100, -1);
  expect(body.answer.p95Ms).toBeGreaterThan(970);
});

it('takes the windows of the contract, 24 h where none is named', async () => {
  const read = async (query: string) => (await api.admin('GET', `/api/stats/overview${query}`)).body;
  expect((await read('')).window).toBe('24h');
  const month = await read('?window=30d');
  // The roll-up has not been there: only what happened in the last minutes is known.
  expect(month).toMatchObject({ window: '30d', jobs: { cancelled: 0, succeeded: 1 } });
  for (const query of ['?window=2h', '?window=', '?windows=1h', '?window=1h&window=24h']) {
    expect((await api.admin('GET', `/api/stats/overview${query}`)).status).toBe(422);
  }
});

it('needs the scope providers:read', async () => {
  const jobs = await api.as({ scopes: ['jobs:write'] });
  expect((await jobs('GET', '/api/stats/overview')).body).toMatchObject({ code: 'forbidden' });
  const { token } = await api.as({ scopes: ['providers:read'] });
  const overview = await createClient({ baseUrl: api.url, token }).stats.overview('7d');
  expect(overview).toMatchObject({ window: '7d', queue: { waiting: 2 } });
});

it('is told to all who listen to it, at once and every 5 s', async () => {
  const query = '?topics=stats,job.updated';
  const [first, narrow] = await Promise.all([
    listen(api.url, api.adminToken, { query }),
    listen(api.url, api.adminToken, { query: `${query}&jobId=job_1` }),
  ]);
  await eventually(() => expect(first.events).toHaveLength(1));
  const late = await listen(api.url, api.adminToken, { query });
  await eventually(() => expect(late.events).toHaveLength(1));
  expect(first.events[0]).toMatchObject({
    type: 'stats',
    id: null,
    data: { window: '24h', queue: { waiting: 2 } },
  });
  aheadMs += 5_000;
  await eventually(() => expect([first.events.length, late.events.length]).toEqual([2, 2]));
  expect(narrow.events).toEqual([]);
  for (const listener of [first, narrow, late]) listener.hangUp();
});

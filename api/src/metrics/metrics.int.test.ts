import { buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { describeRegistry, findDifferences } from '@understudy/shared/testing/operations/metrics-page';
import { readSample } from '@understudy/shared/testing/operations/read-sample';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const METRICS_TOKEN = 'scrape-me-0123456789';
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ config: { METRICS_TOKEN } });
});
afterAll(() => api.close());

async function scrape(from: TestApi = api): Promise<string> {
  const { status, text, headers } = await from.admin('GET', '/metrics');
  expect(status).toBe(200);
  expect(headers.get('Content-Type')).toContain('text/plain; version=0.0.4');
  return text;
}

it('is for METRICS_TOKEN, and for tokens that may read providers', async () => {
  const callWith = async (token: string) =>
    (await api.anonymous('GET', '/metrics', { headers: { Authorization: `Bearer ${token}` } })).status;
  expect(await callWith(METRICS_TOKEN)).toBe(200);
  expect(await callWith(`${METRICS_TOKEN}x`)).toBe(401);
  expect((await api.anonymous('GET', '/metrics')).status).toBe(401);
  expect((await (await api.as({ scopes: ['providers:read'] }))('GET', '/metrics')).status).toBe(200);
  expect((await (await api.as({ scopes: ['jobs:write'] }))('GET', '/metrics')).status).toBe(403);
  const elsewhere = await api.anonymous('GET', '/api/providers', {
    headers: { Authorization: `Bearer ${METRICS_TOKEN}` },
  });
  expect(elsewhere.status).toBe(401);
});

it('serves METRICS_TOKEN while no token can be checked', async () => {
  const { watcher } = api.context;
  const { ageMs } = watcher;
  watcher.ageMs = () => 30_001;
  const headers = { Authorization: `Bearer ${METRICS_TOKEN}` };
  const { status } = await api.anonymous('GET', '/metrics', { headers });
  watcher.ageMs = ageMs;
  expect(status).toBe(200);
});

it('counts requests by method, pattern and status, whatever was asked for', async () => {
  const name = 'understudy_http_request_duration_seconds_count';
  const pattern = { method: 'GET', route: '/api/classifications/:id', status: '404' };
  const before = readSample(await scrape(), name, pattern) ?? 0;
  for (const id of ['job_secret1', 'job_secret2']) await api.admin('GET', `/api/classifications/${id}`);
  for (const path of ['/api/secret', '/secret', '/admin/queues/secret']) await api.anonymous('GET', path);
  await fetch(`${api.url}/secret`, { method: 'PROPFIND' });
  const text = await scrape();
  expect(readSample(text, name, pattern)).toBe(before + 2);
  expect(readSample(text, name, { method: 'other', route: '/*' })).toBe(1);
  expect(readSample(text, name, { route: '/admin/queues/*', status: '401' })).toBe(1);
  expect(text).not.toContain('secret');
  expect(
    readSample(text, 'understudy_http_request_duration_seconds_bucket', { ...pattern, le: '+Inf' }),
  ).toBe(before + 2);
});

it('tells of jobs, of the queue, of the stores and of Node', async () => {
  const job = { text: 'x', labels: ['a', 'b'] };
  for (let index = 0; index < 2; index += 1) await api.admin('POST', '/api/classifications', { body: job });
  const { body } = await api.admin('POST', '/api/classifications', { body: job });
  await api.admin('POST', `/api/classifications/${body.id}/cancel`);
  // What was counted last is kept for a moment, and the ledger's clock may be set back by some milliseconds.
  const text = await eventually(async () => {
    const latest = await scrape();
    const isCounted = readSample(latest, 'understudy_jobs', { state: 'queued' }) === 2;
    const oldest = readSample(latest, 'understudy_queue_oldest_waiting_seconds') ?? 0;
    return isCounted && oldest > 0 ? latest : false;
  });
  expect(readSample(text, 'understudy_jobs', { state: 'deferred' })).toBe(0);
  expect(readSample(text, 'understudy_jobs_ended_total', { state: 'failed' })).toBe(0);
  expect(readSample(text, 'understudy_workers')).toBe(0);
  expect(readSample(text, 'understudy_store_up', { store: 'mongodb' })).toBe(1);
  expect(readSample(text, 'understudy_build_info', { role: 'api' })).toBe(1);
  expect(readSample(text, 'nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  const ofAccepting = { store: 'mongodb', operation: 'insert_job' };
  expect(readSample(text, 'understudy_store_operation_duration_seconds_count', ofAccepting)).toBe(3);
  expect(
    readSample(text, 'understudy_store_operation_duration_seconds_count', { store: 'redis' }),
  ).toBeGreaterThan(0);
});

it('tells how long a job has waited that nobody could answer, queued or not', async () => {
  const job = buildJob({
    createdAt: new Date(api.context.clock.now() - 600_000),
    state: 'deferred',
    waiting: false,
    deferred: { reason: 'no_provider_available', nextTryAt: new Date(api.context.clock.now() + 60_000) },
  });
  await api.bed.store.jobs.create(job);
  const stalled = await eventually(async () => {
    const seconds = readSample(await scrape(), 'understudy_queue_stalled_seconds') ?? 0;
    return seconds > 60 ? seconds : false;
  });
  expect(stalled).toBeGreaterThanOrEqual(600);
  await api.bed.store.jobs.deleteOne({ _id: job._id });
});

it('is as its page says', () => {
  expect(findDifferences('api', describeRegistry(api.context.metrics.registry))).toEqual([]);
});

it('keeps the metrics of two processes apart', async () => {
  const other = await startTestApi();
  try {
    const labels = { route: '/healthz' };
    await api.anonymous('GET', '/healthz');
    const name = 'understudy_http_request_duration_seconds_count';
    expect(readSample(await scrape(), name, labels)).toBe(1);
    expect(readSample(await scrape(other), name, labels)).toBeNull();
  } finally {
    await other.close();
  }
});

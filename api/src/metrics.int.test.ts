import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from './testing/test-api.ts';

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

/** The value of one line; null where it is not there. */
function readValue(text: string, name: string, labels: Record<string, string> = {}): number | null {
  const line = text
    .split('\n')
    .find(
      (entry) =>
        entry.startsWith(name) &&
        /[ {]/.test(entry.charAt(name.length)) &&
        Object.entries(labels).every(([key, value]) => entry.includes(`${key}="${value}"`)),
    );
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
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
  const before = readValue(await scrape(), name, pattern) ?? 0;
  for (const id of ['job_secret1', 'job_secret2']) await api.admin('GET', `/api/classifications/${id}`);
  for (const path of ['/api/secret', '/secret', '/admin/queues/secret']) await api.anonymous('GET', path);
  await fetch(`${api.url}/secret`, { method: 'PROPFIND' });
  const text = await scrape();
  expect(readValue(text, name, pattern)).toBe(before + 2);
  expect(readValue(text, name, { method: 'other', route: '/*' })).toBe(1);
  expect(readValue(text, name, { route: '/admin/queues/*', status: '401' })).toBe(1);
  expect(text).not.toContain('secret');
  expect(readValue(text, 'understudy_http_request_duration_seconds_bucket', { ...pattern, le: '+Inf' })).toBe(
    before + 2,
  );
});

it('tells of jobs, of the queue, of the stores and of Node', async () => {
  const job = { text: 'x', labels: ['a', 'b'] };
  for (let index = 0; index < 2; index += 1) await api.admin('POST', '/api/classifications', { body: job });
  const { body } = await api.admin('POST', '/api/classifications', { body: job });
  await api.admin('POST', `/api/classifications/${body.id}/cancel`);
  // What was counted last is kept for a moment.
  const text = await eventually(async () => {
    const latest = await scrape();
    return readValue(latest, 'understudy_jobs', { state: 'queued' }) === 2 ? latest : false;
  });
  expect(readValue(text, 'understudy_jobs', { state: 'deferred' })).toBe(0);
  expect(readValue(text, 'understudy_jobs_ended_24h', { state: 'failed' })).toBe(0);
  expect(readValue(text, 'understudy_queue_oldest_waiting_seconds')).toBeGreaterThan(0);
  expect(readValue(text, 'understudy_workers')).toBe(0);
  expect(readValue(text, 'understudy_store_up', { store: 'mongodb' })).toBe(1);
  expect(readValue(text, 'understudy_build_info', { role: 'api' })).toBe(1);
  expect(readValue(text, 'nodejs_eventloop_lag_seconds')).not.toBeNull();
});

it('keeps the metrics of two processes apart', async () => {
  const other = await startTestApi();
  try {
    const labels = { route: '/healthz' };
    await api.anonymous('GET', '/healthz');
    const name = 'understudy_http_request_duration_seconds_count';
    expect(readValue(await scrape(), name, labels)).toBe(1);
    expect(readValue(await scrape(other), name, labels)).toBeNull();
  } finally {
    await other.close();
  }
});

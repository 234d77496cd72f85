import { createId } from '@understudy/shared/ids';
import { createLogger } from '@understudy/shared/runtime/logger';
import { startTracing } from '@understudy/shared/runtime/tracing/start-tracing';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import { toNative } from '@understudy/shared/store/define-model';
import { buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import {
  startFakeCollector,
  type CollectedSpan,
  type FakeCollector,
} from '@understudy/shared/testing/fake-collector';
import { keepOutput } from '@understudy/shared/testing/keep-output';
import { readSample } from '@understudy/shared/testing/operations/read-sample';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen } from '../testing/event-listener.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

const JOBS = '/api/classifications';
const INFO = 30;
const ERROR = 50;
const FAILED = 2;
/** More than are read at a time. */
const ROWS = 501;

let collector: FakeCollector;
let tracing: Tracing | null;
let api: TestApi;
const { output: destination, read: readLog } = keepOutput();
beforeAll(async () => {
  collector = await startFakeCollector();
  tracing = await startTracing({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url }, 'api');
  api = await startTestApi({ tracing, logger: createLogger({ role: 'api', level: 'debug', destination }) });
});
afterAll(async () => {
  await api.close();
  await tracing?.stop();
  await collector.stop();
});

/** What is logged of a request once it is over, and how often one like it was counted. */
async function observe(requestId: string, labels: { method: string; route: string; status: string }) {
  const line = await eventually(() => {
    const found = readLog()
      .split('\n')
      .find((text) => text.includes(requestId) && text.includes('"route"'));
    return found !== undefined && (JSON.parse(found) as Record<string, unknown>);
  });
  const { text } = await api.admin('GET', '/metrics');
  const name = 'understudy_http_request_duration_seconds_count';
  return { line, counted: readSample(text, name, labels) };
}
const findSpan = (requestId: string) =>
  eventually(() => {
    const isIt = ({ attributes }: CollectedSpan) => attributes['understudy.request.id'] === requestId;
    return collector.spans.find(isIt) ?? false;
  });

it('is no answer where the caller hung up before, and no fault of ours', async () => {
  const requestId = createId('evt');
  const text = createId('evt');
  const gone = new AbortController();
  const waiting = api.admin('POST', JOBS, {
    body: { text, labels: ['a', 'b'] },
    headers: { 'X-Request-Id': requestId, Prefer: 'wait=60' },
    signal: gone.signal,
  });
  await eventually(async () => (await api.bed.store.jobs.findOne({ text }).lean()) !== null);
  gone.abort();
  await expect(waiting).rejects.toThrow('abort');
  const { line, counted } = await observe(requestId, { method: 'POST', route: JOBS, status: 'aborted' });
  expect(counted).toBe(1);
  expect(line).toMatchObject({ msg: 'aborted', level: INFO });
  expect(line).not.toHaveProperty('status');
  const span = await findSpan(requestId);
  expect(span.status.code).not.toBe(FAILED);
  expect(span.attributes).not.toHaveProperty(['http.response.status_code']);
});

it('is a fault of ours where a stream broke behind its head', async () => {
  const requestId = createId('evt');
  const jobs = Array.from({ length: ROWS }, () => buildJob({ client: 'broken' }));
  await toNative(api.bed.store.jobs).insertMany(jobs);
  // Nobody can read the last of them.
  await toNative(api.bed.store.jobs).updateOne({ _id: jobs[0]!._id }, { $set: { createdAt: null } } as never);
  const headers = { Accept: 'text/csv', 'X-Request-Id': requestId };
  await expect(api.admin('GET', `${JOBS}?client=broken`, { headers })).rejects.toThrow('terminated');
  const { line, counted } = await observe(requestId, { method: 'GET', route: JOBS, status: 'aborted' });
  expect(counted).toBe(1);
  expect(line).toMatchObject({ msg: 'failed', level: ERROR });
  expect(line).not.toHaveProperty('status');
  const span = await findSpan(requestId);
  expect(span.status.code).toBe(FAILED);
  expect(span.attributes).toMatchObject({ 'error.type': 'aborted' });
  expect(span.attributes).not.toHaveProperty(['http.response.status_code']);
});

it('is in order where the caller ends a stream that has no end of its own', async () => {
  const requestId = createId('evt');
  const listener = await listen(api.url, api.adminToken, { headers: { 'X-Request-Id': requestId } });
  listener.hangUp();
  const { line, counted } = await observe(requestId, { method: 'GET', route: '/api/events', status: '200' });
  expect(counted).toBe(1);
  expect(line).toMatchObject({ msg: 'answered', level: INFO, status: 200 });
});

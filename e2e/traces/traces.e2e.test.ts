import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import {
  startFakeCollector,
  type CollectedSpan,
  type FakeCollector,
} from '../../shared/src/testing/fake-collector.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../shared/src/testing/webhook-receiver.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { createPair, type Pair } from '../support/pair.ts';

const WAIT = { timeoutMs: 60_000 };
const SERVER = 2;
const CLIENT = 3;
const FAILED = 2;

let collector: FakeCollector;
let receiver: WebhookReceiver;
let fleet: Fleet;
let pair: Pair;
beforeAll(async () => {
  collector = await startFakeCollector();
  receiver = await startWebhookReceiver();
  fleet = await startFleet({
    apis: 1,
    workers: 1,
    env: {
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=a%20key',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    },
  });
  pair = await createPair(fleet.client, 'traced', 'openai', {});
});
afterAll(async () => {
  await pair.dismiss();
  await fleet.close();
  await receiver.stop();
  await collector.stop();
});

async function call(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(fleet.urls[0] + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${fleet.token}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** Somebody upstream who traces, too. */
const createCaller = () => {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01` } };
};
const toBody = (more: object = {}) => ({
  text: 'My card was charged twice',
  labels: ['praise', 'bug', 'billing'],
  providers: [pair.primary.name, pair.backup.name],
  ...more,
});
const wait = (id: unknown) => fleet.client.classifications.wait(String(id), WAIT);
const named = (spans: CollectedSpan[], name: string) => spans.filter((span) => span.name === name);
const one = (spans: CollectedSpan[], name: string) => {
  expect(named(spans, name)).toHaveLength(1);
  return named(spans, name)[0]!;
};
const SUBMIT = 'POST /api/classifications';
const RETRY = 'POST /api/classifications/:id/retry';
const setPaused = (paused: boolean) => fleet.client.config.update({ paused });

it('goes in one trace from the submit, over the queue, to each attempt and the webhook', async () => {
  const { primary, backup } = pair;
  const caller = createCaller();
  const requestId = `req-${caller.traceId}`;
  primary.vendor.respondWith({ kind: 'status', status: 500 }, { kind: 'status', status: 503 });
  const { json: accepted } = await call(
    '/api/classifications',
    toBody({ webhookUrl: `${receiver.url}/secret-path` }),
    { ...caller.headers, tracestate: 'vendor=a-word-of-the-caller', 'x-request-id': requestId },
  );
  const job = await wait(accepted['id']);
  const spans = await collector.untilTraced(caller.traceId, SUBMIT, 'settle', 'POST webhook');

  const request = one(spans, SUBMIT);
  expect(request).toMatchObject({
    kind: SERVER,
    parentSpanId: caller.spanId,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/classifications',
      'http.response.status_code': 202,
      'understudy.request.id': requestId,
      'understudy.job.id': job.id,
    },
    resource: { 'service.name': 'understudy-api', 'deployment.environment.name': 'test' },
  });
  const [queued, ...more] = [
    ...named(spans, 'add classify.classification.dispatch'),
    ...named(spans, 'feed classify'),
  ];
  expect(more).toEqual([]);
  expect(queued?.parentSpanId).toBe(request.spanId);
  const processing = one(spans, 'process classify');
  expect(processing).toMatchObject({
    parentSpanId: queued?.spanId,
    attributes: { 'bullmq.job.id': expect.stringContaining(job.id) },
    resource: { 'service.name': 'understudy-worker', 'service.version': expect.any(String) },
  });
  const dispatch = one(spans, 'dispatch');
  expect(dispatch).toMatchObject({
    parentSpanId: processing.spanId,
    attributes: { 'understudy.job.id': job.id, 'understudy.dispatch.end': 'succeeded' },
    events: [
      {
        name: 'failover',
        attributes: {
          'understudy.failover.from': primary.name,
          'understudy.failover.to': backup.name,
          'understudy.failover.fault': expect.stringMatching(/server_error|overloaded/),
        },
      },
    ],
  });
  const attempts = spans.filter(({ parentSpanId }) => parentSpanId === dispatch.spanId);
  expect(attempts).toMatchObject([
    {
      name: 'chat gpt-4o-mini',
      kind: CLIENT,
      status: { code: FAILED },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o-mini',
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(primary.vendor.url).port),
        'http.response.status_code': 500,
        'error.type': expect.stringMatching(/server_error|overloaded/),
        'understudy.attempt.number': 1,
      },
    },
    { name: 'chat gpt-4o-mini', status: { code: FAILED }, attributes: { 'understudy.attempt.number': 2 } },
    {
      name: 'chat claude-haiku-4-5',
      kind: CLIENT,
      status: {},
      attributes: {
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-haiku-4-5',
        'gen_ai.response.model': expect.stringContaining('claude'),
        'gen_ai.usage.input_tokens': job.usage.inputTokens,
        'gen_ai.usage.output_tokens': job.usage.outputTokens,
        'understudy.attempt.outcome': 'succeeded',
      },
    },
  ]);
  expect(attempts.map(({ attributes }) => attributes['understudy.attempt.hedge'])).toEqual([
    false,
    false,
    false,
  ]);
  expect(one(spans, 'settle')).toMatchObject({
    parentSpanId: processing.spanId,
    attributes: { 'understudy.job.state': 'succeeded' },
  });
  expect(one(spans, 'POST webhook')).toMatchObject({
    kind: CLIENT,
    parentSpanId: request.spanId,
    attributes: { 'server.address': '127.0.0.1', 'http.response.status_code': 204 },
  });
  expect(collector.headers['x-collector-key']).toBe('a key');
  expect(collector.bodies.join()).not.toMatch(/secret-path|a-word-of-the-caller/);
  for (const { headers } of [...primary.vendor.requests, ...backup.vendor.requests, ...receiver.calls]) {
    expect(headers).not.toHaveProperty('traceparent');
  }
  const lines = [...fleet.apis, ...fleet.workers].flatMap((app) => app.lines());
  const ofTrace = lines.filter((line) => line.includes(caller.traceId)).map((line) => JSON.parse(line));
  expect(ofTrace).toContainEqual(
    expect.objectContaining({
      role: 'api',
      msg: 'answered',
      requestId,
      jobId: job.id,
      traceId: caller.traceId,
      spanId: request.spanId,
    }),
  );
  expect(ofTrace).toContainEqual(
    expect.objectContaining({
      role: 'worker',
      msg: 'a job was settled',
      jobId: job.id,
      traceId: caller.traceId,
      spanId: processing.spanId,
    }),
  );
});

it('shows a hedge beside the attempt that is late', async () => {
  const { primary, backup } = pair;
  const caller = createCaller();
  primary.vendor.respondWith({ kind: 'hang' });
  const { json } = await call('/api/classifications', toBody(), caller.headers);
  expect((await wait(json['id'])).provider?.name).toBe(backup.name);
  const spans = await collector.untilTraced(caller.traceId, 'settle');
  const dispatch = one(spans, 'dispatch');
  expect(dispatch.events.map(({ name }) => name)).toEqual(['hedge', 'failover']);
  const late = one(spans, 'chat gpt-4o-mini');
  const hedge = one(spans, 'chat claude-haiku-4-5');
  expect([late.parentSpanId, hedge.parentSpanId]).toEqual([dispatch.spanId, dispatch.spanId]);
  expect(hedge.attributes).toMatchObject({ 'understudy.attempt.hedge': true });
  expect(late).toMatchObject({
    status: {},
    attributes: { 'understudy.attempt.outcome': 'aborted', 'understudy.attempt.fault': 'silent' },
  });
  expect(BigInt(hedge.startTimeUnixNano)).toBeLessThan(BigInt(late.endTimeUnixNano));
});

it('keeps the trace of a job that waits in the ledger, also over a second dispatch', async () => {
  const { primary } = pair;
  const caller = createCaller();
  await setPaused(true);
  await eventually(async () => {
    const { json } = await call('/api/classifications', toBody({ providers: [pair.backup.name] }));
    const job = await fleet.store.jobs.findById(String(json['id'])).lean();
    return job?.state === 'queued' && job.waiting;
  });
  const { json } = await call('/api/classifications', toBody({ providers: [primary.name] }), caller.headers);
  primary.vendor.respondWith({ kind: 'status', status: 429, headers: { 'retry-after': '1' } });
  await setPaused(false);
  const job = await wait(json['id']);
  expect(job.attempts.map(({ fault }) => fault)).toEqual(['rate_limited', null]);
  const spans = await collector.untilTraced(caller.traceId, SUBMIT, 'settle', 'settle');
  const request = one(spans, SUBMIT);
  const fed = named(spans, 'feed classify');
  expect(fed).toHaveLength(2);
  for (const feed of fed) {
    expect(feed.parentSpanId).toBe(request.spanId);
    expect(
      spans.filter(({ name, parentSpanId }) => name.startsWith('process') && parentSpanId === feed.spanId),
    ).toHaveLength(1);
  }
  expect(named(spans, 'dispatch').map(({ attributes }) => attributes['understudy.dispatch.end'])).toEqual(
    expect.arrayContaining(['deferred', 'succeeded']),
  );
  expect(named(spans, 'chat gpt-4o-mini').map(({ attributes }) => attributes['error.type'])).toEqual([
    'rate_limited',
    undefined,
  ]);
});

it('traces each job of a batch by itself, linked to the request of the batch', async () => {
  const caller = createCaller();
  const items = [toBody(), toBody(), toBody()];
  const { json } = await call('/api/classifications/batch', { items }, caller.headers);
  const jobs = json['jobs'] as { id: string }[];
  for (const { id } of jobs) await wait(id);
  const [request] = await collector.untilTraced(caller.traceId, 'POST /api/classifications/batch');
  expect(request?.attributes).toMatchObject({ 'understudy.batch.id': json['id'] });
  const traceIds = new Set<string>();
  for (const { id } of jobs) {
    const feed = await eventually(
      () =>
        collector.spans.find(
          ({ name, attributes }) => name === 'feed classify' && attributes['understudy.job.id'] === id,
        ) ?? false,
      WAIT,
    );
    expect(feed.parentSpanId ?? '').toBe('');
    expect(feed.links).toMatchObject([{ traceId: caller.traceId, spanId: request?.spanId }]);
    const spans = await collector.untilTraced(feed.traceId, 'settle');
    expect(one(spans, 'process classify').parentSpanId).toBe(feed.spanId);
    traceIds.add(feed.traceId);
  }
  expect(traceIds.size).toBe(items.length);
  expect(traceIds).not.toContain(caller.traceId);
});

it('begins a trace with a retry, linked to the one before', async () => {
  const { primary } = pair;
  const [caller, again] = [createCaller(), createCaller()];
  primary.vendor.respondWith({ kind: 'filter' });
  const { json } = await call('/api/classifications', toBody(), caller.headers);
  expect(await wait(json['id'])).toMatchObject({ state: 'failed', error: { code: 'content_filtered' } });
  const before = await collector.untilTraced(caller.traceId, SUBMIT, 'settle');
  expect(one(before, 'dispatch')).toMatchObject({
    status: { code: FAILED },
    attributes: { 'error.type': 'content_filtered' },
  });
  expect((await call(`/api/classifications/${String(json['id'])}/retry`, {}, again.headers)).status).toBe(
    200,
  );
  expect((await wait(json['id'])).state).toBe('succeeded');
  const spans = await collector.untilTraced(again.traceId, RETRY, 'settle');
  expect(one(spans, 'feed classify')).toMatchObject({
    parentSpanId: one(spans, RETRY).spanId,
    links: [{ traceId: caller.traceId, spanId: one(before, SUBMIT).spanId }],
  });
});

it('takes no trace that the caller decided against, and none of probes', async () => {
  const caller = createCaller();
  const unsampled = { traceparent: caller.headers.traceparent.replace(/01$/, '00') };
  const { json } = await call('/api/classifications', toBody(), unsampled);
  await wait(json['id']);
  await fetch(`${fleet.urls[0]}/readyz`);
  const next = createCaller();
  const { json: other } = await call('/api/classifications', toBody(), next.headers);
  await wait(other['id']);
  await collector.untilTraced(next.traceId, 'settle');
  expect(collector.spans.filter(({ traceId }) => traceId === caller.traceId)).toEqual([]);
  const names = new Set(collector.spans.map(({ name }) => name));
  expect(
    [...names].filter((name) => /readyz|healthz|getNextJob|stalled|extendLocks|complete/i.test(name)),
  ).toEqual([]);
});

it('sends what is left when a process ends', async () => {
  const caller = createCaller();
  const { json } = await call('/api/classifications', toBody(), caller.headers);
  await wait(json['id']);
  const { code } = await fleet.workers[0]!.stop();
  expect(code).toBe(0);
  const names = collector.spans.filter(({ traceId }) => traceId === caller.traceId).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['process classify', 'dispatch', 'settle']));
});

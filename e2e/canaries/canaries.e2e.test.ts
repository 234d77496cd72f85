import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import { startFakeCollector, type FakeCollector } from '../../shared/src/testing/fake-collector.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../../shared/src/testing/webhook-receiver.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { createCanaries, type Canary } from './canaries.ts';
import { dumpLedger, dumpRedis } from '../support/dump-stores.ts';
import { recordReplies } from './record-replies.ts';

const SLOW = { timeoutMs: 40_000 };
const canaries = createCanaries();
const secrets: Record<string, string> = {};
/** Those of the product itself, which nobody may meet again once they were shown. */
const withSecrets = (): [string, Canary][] => [
  ...Object.entries(canaries as Record<string, Canary>),
  ...Object.entries(secrets).map(([name, value]): [string, Canary] => [
    name,
    {
      value,
      shownBy: name === 'token' ? /^POST \/api\/tokens$/ : /^POST \/api\/(webhooks|clients)/,
      storedIn: [],
    },
  ]),
];

let fleet: Fleet;
let vendor: FakeVendor;
let receiver: WebhookReceiver;
let collector: FakeCollector;
let told = '';
let recorded: ReturnType<typeof recordReplies>;
beforeAll(async () => {
  vendor = await startFakeOpenAi();
  receiver = await startWebhookReceiver();
  collector = await startFakeCollector();
  const env = {
    LOG_LEVEL: 'trace',
    UNDERSTUDY_MASTER_KEYS: `1:${canaries.masterKey.value}`,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  };
  fleet = await startFleet({ apis: 1, workers: 1, env });
  recorded = recordReplies(fleet.urls[0]!, fleet.token);
  // Who hears nothing has nothing to show in the end.
  listenToEvents().catch(() => {});
  await plant();
  await provoke();
  await readEverything();
});
afterAll(async () => {
  await fleet.close();
  await vendor.stop();
  await receiver.stop();
  await collector.stop();
});

async function listenToEvents() {
  const headers = { authorization: `Bearer ${fleet.token}` };
  const { body } = await fetch(`${fleet.urls[0]}/api/events`, { headers });
  for await (const chunk of body ?? []) told += Buffer.from(chunk).toString();
}

const labels = () => [
  { name: 'bug', description: canaries.description.value, examples: [canaries.example.value] },
  'billing',
];
const provider = () => ({
  name: 'main',
  type: 'openai',
  apiKey: canaries.apiKey.value,
  baseUrl: vendor.url,
  configuration: { model: 'gpt-4o-mini' },
});
const untilFinal = (id: unknown) =>
  eventually(async () => {
    const { json } = await recorded.call('GET', `/api/classifications/${String(id)}`);
    return /succeeded|failed|cancelled/.test(String(json['state'])) && json;
  }, SLOW);

/** Puts a canary into every field that takes one. */
async function plant() {
  const { call } = recorded;
  const { json: token } = await call('POST', '/api/tokens', {
    body: { name: 'upstream', client: 'upstream', scopes: ['jobs:write', 'providers:write'] },
  });
  secrets['token'] = String(token['token']);
  await eventually(
    async () => (await call('GET', '/api/session', { token: secrets['token']! })).status === 200,
  );
  expect((await call('POST', '/api/providers', { body: provider() })).status).toBe(201);
  const path = `/${canaries.hookPath.value}`;
  const { json: webhook } = await call('POST', '/api/webhooks', {
    body: {
      url: receiver.url + path,
      events: ['classification.succeeded', 'classification.failed', 'batch.finished'],
    },
  });
  secrets['webhookSecret'] = String(webhook['secret']);
  const { json: client } = await call('POST', '/api/clients/default/webhook-secret');
  secrets['clientSecret'] = String(client['secret']);
  const examples = [canaries.classifierExample.value];
  await call('POST', '/api/classifiers', { body: { name: 'kept', labels: [{ name: 'a', examples }, 'b'] } });

  const content = JSON.stringify({ rationale: canaries.rationale.value, label: 'bug', confidence: 0.9 });
  vendor.respondWith({ kind: 'say', content });
  const { json: job } = await call('POST', '/api/classifications', {
    headers: {
      'idempotency-key': canaries.idempotencyKey.value,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      tracestate: `caller=${canaries.traceState.value}`,
      baggage: `caller=${canaries.traceState.value}`,
    },
    body: {
      text: `A text with a ${canaries.text.value} in it`,
      labels: labels(),
      instructions: canaries.instructions.value,
      explain: true,
      providers: ['main'],
      metadata: { note: canaries.metadata.value },
      webhookUrl: receiver.url + path,
    },
  });
  expect(await untilFinal(job['id'])).toMatchObject({
    state: 'succeeded',
    result: { rationale: canaries.rationale.value },
  });
  await call('PUT', `/api/classifications/${String(job['id'])}/correction`, {
    body: { labels: ['billing'] },
  });
  const { json: batch } = await call('POST', '/api/classifications/batch', {
    body: {
      items: [{ text: canaries.batchText.value, labels: labels() }, { text: canaries.refusedText.value }],
    },
  });
  await eventually(async () => {
    const { json } = await call('GET', `/api/batches/${String(batch['id'])}`);
    return json['finishedAt'] !== null;
  }, SLOW);
}

/** Makes everything fail that could let one out. */
async function provoke() {
  const { call } = recorded;
  const key = canaries.apiKey.value;
  const text = `A text with a ${canaries.text.value} in it`;
  const echo = (status: number, message: string) => {
    return { kind: 'status' as const, status, body: { error: { message, type: 'x' } } };
  };
  const failing = {
    text,
    labels: labels(),
    providers: ['main'],
    deadlineMs: 3_000,
  };
  vendor.respondAlways(echo(500, `Bad key ${key} for "${text}"`));
  await untilFinal((await call('POST', '/api/classifications', { body: failing })).json['id']);
  vendor.breakDown(echo(401, `Incorrect API key provided: ${key}`));
  await call('POST', '/api/providers/main/test');
  await call('POST', '/api/providers/health-check', { body: {}, headers: { prefer: 'wait=5' } });
  await untilFinal((await call('POST', '/api/classifications', { body: failing })).json['id']);
  await call('POST', '/api/providers/test', {
    body: { ...provider(), name: 'tried', apiKey: canaries.triedApiKey.value },
  });
  vendor.recover();
  vendor.respondAlways({ kind: 'answer' });
  await call('POST', '/api/providers/main/reset');
  const drill = { providerId: 'main', fault: 'server_error', text: canaries.drillText.value };
  await call('POST', '/api/providers/failover', { body: drill });
  await call('PATCH', '/api/providers/main', { body: { apiKey: canaries.newApiKey.value } });
  const { urlPassword, brokenText } = canaries;
  const withPassword = vendor.url.replace('//', `//user:${urlPassword.value}@`);
  expect((await call('PATCH', '/api/providers/main', { body: { baseUrl: withPassword } })).status).toBe(422);
  expect(
    (await call('POST', '/api/webhooks', { body: { url: withPassword, events: ['batch.finished'] } })).status,
  ).toBe(422);
  for (const raw of [
    `{"text":"${brokenText.value}`,
    `"${brokenText.value}"`,
    `{"text":["${brokenText.value}"]}`,
    `{"state":"${brokenText.value}"}`,
  ]) {
    expect((await call('POST', '/api/classifications', { raw })).status).toBeGreaterThanOrEqual(400);
  }
  await call('GET', `/api/providers?limit=${brokenText.value}`);
  await call('GET', '/api/providers', { token: brokenText.value });
  await call('POST', '/api/session', { body: { token: brokenText.value } });
  await call('POST', '/api/classifications', {
    headers: { 'idempotency-key': canaries.idempotencyKey.value },
    body: { ...failing, text: brokenText.value },
  });
}

/** Every path that can be read as it stands, so that a new one is searched, too; what never ends is listened to instead. */
async function listReads(): Promise<string[]> {
  const { json } = await recorded.call('GET', '/api/openapi.json');
  const paths = Object.entries(json['paths'] as Record<string, { get?: object }>);
  const reads = paths.flatMap(([path, { get }]) => (get && !path.includes('{') ? [path] : []));
  expect(reads).toEqual(expect.arrayContaining(['/api/providers', '/api/audit', '/metrics', '/readyz']));
  return reads.filter((path) => path !== '/api/events');
}

/** Asks for all that can be read, as an operator and as another client. */
async function readEverything() {
  const { call } = recorded;
  await eventually(() => receiver.calls.length >= 4, SLOW);
  const paths = [
    ...(await listReads()),
    '/api/providers/main',
    '/api/providers/main/health',
    '/api/providers/main/usage',
    '/api/classifications?include=text,attempts',
  ];
  for (const path of paths) {
    await call('GET', path);
    await call('GET', path, { token: secrets['token']! });
  }
  for (const path of ['/api/classifications', '/api/usage']) {
    const { status, text } = await call('GET', path, { headers: { accept: 'text/csv' } });
    expect([status, text]).toEqual([200, expect.stringContaining('text/csv')]);
  }
  const { json: webhooks } = await call('GET', '/api/webhooks');
  const [webhook] = webhooks['data'] as { id: string }[];
  await call('GET', `/api/webhooks/${webhook?.id}/deliveries`);
  await call('GET', '/admin/queues');
  const { json: board } = await call('GET', '/admin/queues/api/queues?page=1&jobsPerPage=100');
  const queues = board['queues'] as { name: string }[];
  expect(queues.length).toBeGreaterThan(3);
  for (const { name } of queues) {
    for (const status of ['latest', 'waiting', 'active', 'completed', 'failed', 'delayed']) {
      await call(
        'GET',
        `/admin/queues/api/queues?activeQueue=${name}&status=${status}&page=1&jobsPerPage=100`,
      );
    }
  }
}

const find = (text: string, isAllowed: (canary: Canary) => boolean = () => false) =>
  withSecrets().flatMap(([name, canary]) =>
    text.includes(canary.value) && !isAllowed(canary) ? [name] : [],
  );

it('shows a canary in no reply but those that it belongs in', () => {
  expect(recorded.replies.length).toBeGreaterThan(100);
  const shown = recorded.replies.flatMap(({ request, status, text }) =>
    find(text, ({ shownBy }) => status < 400 && shownBy?.test(request) === true).map(
      (name) => `${request} ${status}: ${name}`,
    ),
  );
  expect([...new Set(shown)]).toEqual([]);
});

it('shows another client nothing of them', async () => {
  const { call, replies } = recorded;
  const from = replies.length;
  for (const path of ['classifications?include=text', 'webhooks', 'batches', 'clients']) {
    await call('GET', `/api/${path}`, { token: secrets['token']! });
  }
  expect(replies.slice(from).flatMap(({ text }) => find(text))).toEqual([]);
});

it('writes none into a log, at the most talkative level', () => {
  for (const app of [...fleet.apis, ...fleet.workers, fleet.scheduler]) {
    expect(app.lines().length).toBeGreaterThan(0);
    expect([...new Set(app.lines().flatMap((line) => find(line).map((name) => `${name}: ${line}`)))]).toEqual(
      [],
    );
  }
});

it('puts none into Redis', async () => {
  const dump = await dumpRedis(fleet.redis.uri);
  expect(dump).toContain('job.updated');
  expect(find(dump)).toEqual([]);
});

it('stores secrets encrypted or hashed, and what users wrote in its one place', async () => {
  const dump = await dumpLedger(fleet.store);
  expect(dump.get('jobs')).toContain(canaries.text.value);
  const stored = [...dump].flatMap(([collection, text]) =>
    find(text, ({ storedIn }) => storedIn.includes(collection)).map((name) => `${collection}: ${name}`),
  );
  expect(stored).toEqual([]);
});

it('tells none in events, and in webhooks only what they are to tell', () => {
  expect(told).toContain('job.updated');
  expect(find(told)).toEqual([]);
  const bodies = receiver.calls.map(({ headers, body }) => JSON.stringify(headers) + body).join();
  expect(bodies).toContain('classification.succeeded');
  expect(find(bodies, ({ isTold }) => isTold === true)).toEqual([]);
});

it('sends none to the collector of traces', async () => {
  const expected = ['chat gpt-4o-mini', 'dispatch', 'settle', 'POST webhook', 'POST /api/providers/failover'];
  await eventually(() => {
    const names = new Set(collector.spans.map(({ name }) => name));
    return expected.every((name) => names.has(name));
  }, SLOW);
  const failed = collector.spans.filter(({ attributes }) => 'error.type' in attributes);
  expect(failed.length).toBeGreaterThan(0);
  expect(find(collector.bodies.join())).toEqual([]);
});

it('prints none when a worker crashes with a text in flight', async () => {
  vendor.respondAlways({ kind: 'hang' });
  const arrived = vendor.nextCall();
  const [worker] = fleet.workers;
  const body = { text: `crash ${canaries.text.value}`, labels: labels(), providers: ['main'] };
  await recorded.call('POST', '/api/classifications', { body });
  await arrived;
  const before = worker!.lines().length;
  process.kill(worker!.pid(), 'SIGABRT');
  await eventually(() => !worker!.isRunning(), SLOW);
  expect(find(worker!.lines().slice(before).join())).toEqual([]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEventParser } from '../shared/src/client/event-parser.ts';
import { freePort } from '../shared/src/embedded/free-port.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { startWebhookReceiver, type WebhookReceiver } from '../shared/src/testing/webhook-receiver.ts';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';
import { createWalker, type Walker } from './support/walker.ts';

// oxlint-disable vitest/expect-expect -- each call asserts its answer
/** Every row of the table, called on the running product: once as it should be, once as it should not. */
let product: Product;
let receiver: WebhookReceiver;
let walker: Walker;
let call: Walker['call'];

beforeAll(async () => {
  const env = { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1', OPENAI_API_KEY: 'sk-walk-0123456789' };
  product = await startProduct({ dataDir: makeDataDir(), env });
  receiver = await startWebhookReceiver();
  walker = await createWalker(product.url, product.adminToken);
  ({ call } = walker);
});
afterAll(async () => {
  await receiver.stop();
  await product.stop();
  removeData(product.dataDir);
});

const LABELS = ['lost card', 'refund'];
const JOB = { text: 'I lost my card', labels: LABELS, providers: ['local'] };
const nobody = { params: { id: 'nobody' } };

test('jobs', async () => {
  const { body: done } = await call('submitClassification', 200, {
    body: JOB,
    headers: { Prefer: 'wait=30', 'Idempotency-Key': 'walk-1' },
  });
  const params = { id: done.id };
  await call('submitClassification', 422, { body: { ...JOB, labels: ['one'] } });
  await call('getClassification', 200, { params });
  await call('getClassification', 404, nobody);
  await call('listClassifications', 200, { query: { include: 'text,attempts', state: 'succeeded' } });
  await call('listClassifications', 400, { query: { cursor: 'nonsense' } });
  await call('listClassifications', 200, { headers: { Accept: 'text/csv' } });
  await call('correctClassification', 200, { params, body: { labels: ['refund'] } });
  await call('correctClassification', 422, { params, body: { labels: ['nonsense'] } });
  await call('patchCorrection', 200, { params, body: { labels: ['lost card'] } });
  await call('patchCorrection', 404, { ...nobody, body: { labels: [] } });
  await call('uncorrectClassification', 200, { params });
  await call('uncorrectClassification', 404, nobody);
  await call('cancelClassification', 409, { params });
  await call('retryClassification', 409, { params });

  await call('updateDispatchConfig', 200, { body: { paused: true } });
  // It holds everywhere within a second; until then a worker may be quicker than the cancel.
  const open = await eventually(async () => {
    const { body } = await call('submitClassification', 202, { body: JOB });
    await call('cancelClassification', 200, { params: { id: body.id } });
    return { params: { id: body.id } };
  });
  // A worker that had just begun on it may still be taking note of its end.
  await eventually(() => call('retryClassification', 200, open));
  await call('updateDispatchConfig', 200, { body: { paused: false } });
  await call('eraseClassification', 200, { params });
  await call('eraseClassification', 404, nobody);
  const everything = { action: 'erase', filter: {} };
  await call('changeClassificationsInBulk', 200, { body: { ...everything, dryRun: true } });
  await call('changeClassificationsInBulk', 422, { body: everything });
});

test('batches', async () => {
  const { body: batch } = await call('submitBatch', 202, {
    body: { defaults: { labels: LABELS }, items: [{ text: 'I lost my card', customId: 'a' }, { text: '' }] },
  });
  const lines = `{"defaults":{"labels":["a","b"]}}\n{"text":"x"}\n`;
  await call('submitBatch', 202, { raw: { type: 'application/x-ndjson', text: lines } });
  await call('submitBatch', 422, { body: { items: [{ text: '' }] } });
  const params = { id: batch.id };
  for (const id of ['getBatch', 'cancelBatch', 'getBatchResults']) {
    await call(id, 200, { params });
    await call(id, 404, nobody);
  }
  await call('listBatches', 200);
  await call('listBatches', 400, { query: { cursor: 'nonsense' } });
});

test('classifiers', async () => {
  const params = { name: 'walk' };
  const nowhere = { params: { name: 'nobody', version: '1' } };
  const stale = { 'If-Match': '"stale"' };
  await call('createClassifier', 201, { body: { name: 'walk', labels: LABELS } });
  await call('createClassifier', 409, { body: { name: 'walk', labels: LABELS } });
  await call('replaceClassifier', 200, { params, body: { labels: [...LABELS, 'other'] } });
  await call('replaceClassifier', 412, { params, body: { labels: LABELS }, headers: stale });
  await call('patchClassifier', 200, { params, body: { instructions: 'Be brief.' } });
  await call('patchClassifier', 412, { params, body: {}, headers: stale });
  await call('getClassifierVersion', 200, { params: { name: 'walk', version: '1' } });
  for (const id of ['getClassifier', 'listClassifierVersions']) await call(id, 200, { params });
  await call('listClassifiers', 200);
  await call('listClassifiers', 422, { query: { limit: '0' } });
  const { body: started } = await call('evaluateClassifier', 202, {
    params,
    body: { samples: [{ text: 'I lost my card', label: 'lost card' }], providers: ['local'] },
  });
  await call('evaluateClassifier', 422, { params, body: { samples: [{ text: 'x', label: 'nonsense' }] } });
  for (const id of ['getEvaluation', 'getEvaluationResults', 'cancelEvaluation']) {
    await call(id, 200, { params: { id: started.id } });
    await call(id, 404, nobody);
  }
  await call('listEvaluations', 200, { query: { classifier: 'walk' } });
  await call('listEvaluations', 400, { query: { cursor: 'nonsense' } });
  await call('deleteClassifier', 204, { params });
  for (const id of ['getClassifier', 'listClassifierVersions', 'getClassifierVersion', 'deleteClassifier'])
    await call(id, 404, nowhere);
});

test('providers', async () => {
  const closed = `http://127.0.0.1:${await freePort()}/v1`;
  const provider = {
    name: 'walk',
    type: 'openai-compatible',
    baseUrl: closed,
    configuration: { model: 'm' },
  };
  const { body: made } = await call('createProvider', 201, { body: provider });
  await call('createProvider', 409, { body: provider });
  const params = { id: made.id };
  const stale = { 'If-Match': '"stale"' };
  await call('replaceProvider', 200, { params, body: { ...provider, priority: 10 } });
  await call('replaceProvider', 412, { params, body: provider, headers: stale });
  await call('patchProvider', 200, { params, body: { priority: 20 } });
  await call('patchProvider', 422, { params, body: { priority: -1 } });
  await call('listProviders', 200);
  await call('listProviders', 400, { query: { cursor: 'nonsense' } });
  for (const id of [
    'getProvider',
    'testProvider',
    'resetProvider',
    'getProviderHealth',
    'getProviderUsage',
  ]) {
    await call(id, 200, { params });
    await call(id, 404, nobody);
  }
  await call('testUnsavedProvider', 200, { body: provider });
  await call('testUnsavedProvider', 422, { body: { ...provider, baseUrl: 'nonsense' } });
  const csv = { headers: { Accept: 'text/csv' } };
  await call('getProviderUsage', 200, { params, ...csv });
  await call('getUsage', 200, { query: { interval: 'day' } });
  await call('getUsage', 200, csv);
  await call('getUsage', 404, { query: { provider: 'nobody' } });
  await call('repriceProvider', 422, { params, body: { from: '2026-01-01' } });
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  await call('patchProvider', 200, { params, body: { configuration: { price } } });
  await call('repriceProvider', 200, { params, body: { from: '2026-01-01' } });
  for (const id of ['getHealth', 'getStatus', 'getDispatchConfig', 'listProviderOffers']) {
    await call(id, 200);
    await call(id, 401, { token: null });
  }
  await call('updateDispatchConfig', 422, { body: { hedgeMaxShare: 2 } });
  await call('checkHealth', 202, { body: { providerIds: [made.id] } });
  await call('checkHealth', 422, { body: { providerIds: ['nobody'] } });
  await call('acceptProviderOffer', 201, { params: { type: 'openai' } });
  await call('acceptProviderOffer', 404, { params: { type: 'openai' } });
  for (const id of ['runFailoverDrill', 'runFailoverDrillByHook']) {
    await call(id, 200, { body: { providerId: 'walk', fault: 'server_error' } });
    await call(id, 404, { body: { providerId: 'nobody', fault: 'silent' } });
  }
  await call('listFailovers', 200, { query: { drill: 'true' } });
  await call('listFailovers', 422, { query: { fault: 'nonsense' } });
  await call('deleteProvider', 204, { params });
  await call('deleteProvider', 404, { params });
});

test('webhooks', async () => {
  const { body: made } = await call('createWebhook', 201, {
    body: { url: receiver.url, events: ['classification.succeeded'] },
  });
  const params = { id: made.id };
  const body = { url: receiver.url, events: ['classification.failed'] };
  await call('createWebhook', 422, { body: { url: 'nonsense', events: [] } });
  await call('replaceWebhook', 200, { params, body });
  await call('patchWebhook', 200, { params, body: { description: 'Walked' } });
  const { body: sent } = await call('testWebhook', 200, { params, headers: { Prefer: 'wait=30' } });
  const message =
    walker.reader.document.webhooks['webhook.test']?.post?.requestBody?.content['application/json'];
  const received = JSON.parse(receiver.calls[0]?.body ?? '{}') as unknown;
  expect(walker.reader.findFaults(message?.schema ?? {}, received)).toEqual([]);
  await call('redeliver', 202, { params: { ...params, deliveryId: sent.id } });
  for (const id of ['getWebhook', 'listDeliveries', 'rotateWebhookSecret']) await call(id, 200, { params });
  const { body: job } = await call('submitClassification', 200, {
    body: { ...JOB, webhookUrl: receiver.url },
    headers: { Prefer: 'wait=30' },
  });
  const own = await eventually(async () => {
    const { body: page } = await call('listJobDeliveries', 200, { params: { id: job.id } });
    const [delivery] = page.data as { id: string; state: string }[];
    return delivery?.state === 'delivered' && delivery;
  });
  await call('redeliverOfJob', 202, { params: { id: job.id, deliveryId: own.id } });
  await call('redeliverOfJob', 404, { params: { id: job.id, deliveryId: sent.id } });
  await call('listJobDeliveries', 404, nobody);
  await call('listWebhooks', 200);
  await call('listWebhooks', 400, { query: { cursor: 'nonsense' } });
  await call('deleteWebhook', 204, { params });
  await call('replaceWebhook', 404, { params, body });
  await call('patchWebhook', 404, { params, body: {} });
  for (const id of [
    'getWebhook',
    'listDeliveries',
    'rotateWebhookSecret',
    'testWebhook',
    'redeliver',
    'deleteWebhook',
  ])
    await call(id, 404, { params });
});

test('tokens, sessions and clients', async () => {
  const { body: made } = await call('createToken', 201, { body: { name: 'walk', scopes: ['jobs:read'] } });
  await call('createToken', 422, { body: { name: 'walk', scopes: [] } });
  await call('listTokens', 200);
  await call('listTokens', 403, { token: made.token });
  const signedIn = await call('startSession', 200, { token: null, body: { token: made.token } });
  await call('startSession', 401, { token: null, body: { token: 'ust_wrong' } });
  const Cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  await call('getSession', 200, { token: null, headers: { Cookie } });
  await call('getSession', 401, { token: null });
  await call('endSession', 204, { token: null, headers: { Cookie, Origin: product.url } });
  await call('endSession', 401, { token: null, headers: { Cookie, Origin: product.url } });
  await call('revokeToken', 204, { params: { id: made.id } });
  await call('revokeToken', 404, { params: { id: made.id } });
  await call('listClients', 200);
  await call('listClients', 422, { query: { limit: 'many' } });
  await call('rotateClientSecret', 200, { params: { name: 'default' } });
  await call('rotateClientSecret', 404, { params: { name: 'nobody' } });
});

test('events, statistics and what the process says of itself', async () => {
  await call('getOverview', 200, { query: { window: '7d' } });
  await call('getOverview', 422, { query: { window: '8d' } });
  await call('compareProviders', 200, { query: { window: '1h' } });
  await call('compareProviders', 422, { query: { window: '8d' } });
  await call('readLabelStats', 200, { query: { provider: 'local' } });
  await call('readLabelStats', 404, { query: { provider: 'nobody' } });
  await call('listAlerts', 200, { query: { open: 'true' } });
  await call('listAlerts', 400, { query: { cursor: 'nonsense' } });
  await call('listAudit', 200, { query: { kind: 'provider' } });
  await call('listAudit', 400, { query: { cursor: 'nonsense' } });
  for (const id of ['getLiveness', 'getReadiness', 'getOpenApi', 'getDocs', 'getDocsStyle', 'getMetrics']) {
    await call(id, 200);
    await call(id, 422, { query: { nonsense: '1' } });
  }
  await call('openEvents', 422, { query: { topics: 'nonsense' } });
  const gone = new AbortController();
  const stream = await walker.send('openEvents', { query: { topics: 'stats' } }, gone.signal);
  const { schema } = walker.check('openEvents', stream) as { schema: object };
  const parse = createEventParser();
  const decoder = new TextDecoder();
  for await (const bytes of stream.body ?? []) {
    const event = parse(decoder.decode(bytes, { stream: true })).find(({ data }) => data !== null);
    if (!event) continue;
    expect(event.type).toBe('stats');
    const told = { event: event.type, data: JSON.parse(event.data ?? '') as unknown };
    expect(walker.reader.findFaults(schema, told)).toEqual([]);
    break;
  }
  gone.abort();
});

test('every row was seen to succeed and to fail', () => {
  const rows = walker
    .operations()
    .flatMap(({ operationId }) => [`${operationId} success`, `${operationId} error`]);
  expect(rows.filter((row) => !walker.walked.has(row))).toEqual([]);
});

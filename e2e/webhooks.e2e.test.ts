import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { createClient, type Client } from '../shared/src/client/client.ts';
import { verifyWebhook } from '../shared/src/client/verify-webhook.ts';
import { connectStore } from '../shared/src/store/connect.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import {
  answerWith,
  startWebhookReceiver,
  type WebhookReceiver,
} from '../shared/src/testing/webhook-receiver.ts';
import { makeDataDir, removeData, startProduct, type Product } from './support/product.ts';

const JOB = { text: 'Canary text: a bug in the billing', labels: ['praise', 'billing'] };

let dataDir: string;
let product: Product;
let client: Client;
let receiver: WebhookReceiver;
beforeAll(async () => {
  dataDir = makeDataDir();
  product = await startProduct({ dataDir, env: { UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' } });
  client = createClient({ baseUrl: product.url, token: product.adminToken });
});
afterAll(async () => {
  await product.stop();
  removeData(dataDir);
});
beforeEach(async () => {
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  const { data } = await client.webhooks.list();
  for (const { id } of data) await client.webhooks.remove(id);
  await receiver.stop();
});

const listen = () =>
  client.webhooks.create({ url: `${receiver.url}/hook`, events: ['classification.succeeded'] });

/** As if the 30 s were over for which the claim of a dead worker is good. */
async function endClaim() {
  const store = await connectStore({ mongodbUri: product.runtime().mongodbUri });
  onTestFinished(() => store.close());
  const now = Date.now();
  const claimed = { state: 'pending' as const, claim: { $ne: null } };
  const held = await store.deliveries.findOneAndUpdate(claimed, { heldUntil: new Date(now) }).lean();
  expect(held?.heldUntil?.getTime()).toBeGreaterThan(now);
  expect(held?.heldUntil?.getTime()).toBeLessThanOrEqual(now + 30_000);
}

it('tells an endpoint and the job’s own address of the end of a job, each signed with its secret', async () => {
  const { id, secret } = await listen();
  const { secret: clientSecret } = await client.clients.rotateSecret('default');
  const { id: jobId } = await client.classifications.submit({ ...JOB, webhookUrl: `${receiver.url}/own` });
  await eventually(() => receiver.calls.length === 2);
  for (const [path, by] of [
    ['/hook', secret],
    ['/own', clientSecret],
  ] as const) {
    const call = receiver.calls.find((entry) => entry.path === path)!;
    const message = await verifyWebhook(call.body, call.headers, by);
    expect(message).toMatchObject({
      type: 'classification.succeeded',
      data: { id: jobId, state: 'succeeded', result: { label: 'billing' }, attempts: [{ number: 1 }] },
    });
    expect(call.body).not.toContain('Canary');
  }
  await eventually(async () => {
    const { data } = await client.webhooks.deliveries(id);
    expect(data).toMatchObject([{ jobId, state: 'delivered', tries: [{ httpStatus: 204, error: null }] }]);
  });
});

it('tries again by itself within seconds, and says of a test at once what came of it', async () => {
  const { id } = await listen();
  receiver.respondWith(answerWith(500));
  await client.classifications.submit(JOB);
  await eventually(() => receiver.calls.length === 2);
  const [first, second] = receiver.calls.map(({ headers }) => headers['webhook-id']);
  expect(second).toBe(first);
  receiver.respondWith(answerWith(403));
  const test = await client.webhooks.test(id, { waitSeconds: 20 });
  expect(test).toMatchObject({ type: 'webhook.test', state: 'failed', tries: [{ httpStatus: 403 }] });
});

it('redelivers under the same id', async () => {
  const { id } = await listen();
  receiver.respondWith(answerWith(503, { 'retry-after': '3600' }));
  await client.classifications.submit(JOB);
  const failed = await eventually(async () => {
    const [delivery] = (await client.webhooks.deliveries(id)).data;
    return delivery?.tries[0]?.httpStatus === 503 && delivery;
  });
  await client.webhooks.redeliver(id, failed.id);
  await eventually(() => receiver.calls.length === 2);
  expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id']))).toEqual(
    new Set([failed.eventId]),
  );
});

it('lists what went to the job’s own address, and redelivers it', async () => {
  receiver.respondWith(answerWith(503, { 'retry-after': '3600' }));
  const { id } = await client.classifications.submit({ ...JOB, webhookUrl: `${receiver.url}/own` });
  const failed = await eventually(async () => {
    const [delivery] = (await client.classifications.deliveries(id)).data;
    return delivery?.tries[0]?.httpStatus === 503 && delivery;
  });
  expect(failed).toMatchObject({ webhookId: null, jobId: id, type: 'classification.succeeded' });
  await client.classifications.redeliver(id, failed.id);
  await eventually(async () => {
    const { data } = await client.classifications.deliveries(id, { state: ['delivered'] });
    expect(data).toMatchObject([{ id: failed.id, tries: [{ httpStatus: 503 }, { httpStatus: 204 }] }]);
  });
  expect(receiver.calls.map(({ headers }) => headers['webhook-id'])).toEqual([
    failed.eventId,
    failed.eventId,
  ]);
});

it('delivers all the same where the worker is killed in the middle of it', async () => {
  const { id } = await listen();
  receiver.respondWith({ kind: 'hang' });
  await client.classifications.submit(JOB);
  await eventually(() => receiver.calls.length === 1);
  product.kill('worker');
  await endClaim();
  await eventually(() => receiver.calls.length >= 2);
  const [first, second] = receiver.calls.map(({ headers }) => headers['webhook-id']);
  expect(second).toBe(first);
  await eventually(async () => {
    const [delivery] = (await client.webhooks.deliveries(id)).data;
    expect(delivery).toMatchObject({
      state: 'delivered',
      tries: [{ httpStatus: null, error: expect.stringContaining('died') }, { httpStatus: 204 }],
    });
  });
});

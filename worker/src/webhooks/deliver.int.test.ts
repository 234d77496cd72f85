import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { createSigningSecret, rotateSecrets } from '@understudy/shared/secrets/webhook-secret';
import { ensureClient } from '@understudy/shared/store/clients/clients';
import { toClientSecretPlace } from '@understudy/shared/store/clients/model';
import { toWebhookSecretPlace } from '@understudy/shared/store/webhooks/model';
import { insertDeliveries, toDelivery } from '@understudy/shared/store/webhooks/insert-deliveries';
import { claimDelivery } from '@understudy/shared/store/webhooks/try-delivery';
import {
  answerWith,
  startWebhookReceiver,
  type ReceivedCall,
  type WebhookReceiver,
} from '@understudy/shared/testing/webhook-receiver';
import { createId } from '@understudy/shared/ids';
import { buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { deliver } from './deliver.ts';
import { disableWebhook } from './disable-webhook.ts';
import { createWebhookBed, type WebhookBed } from '../testing/webhook-bed.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let bed: WebhookBed;
let receiver: WebhookReceiver;
beforeAll(async () => {
  bed = await createWebhookBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.clear();
  receiver = await startWebhookReceiver();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await receiver.stop();
});

const idsOf = (calls: readonly ReceivedCall[]) => calls.map(({ headers }) => headers['webhook-id']);
const readOnly = async () => {
  const deliveries = await bed.readDeliveries();
  expect(deliveries).toHaveLength(1);
  return deliveries[0]!;
};
/** The only delivery, of an end that an endpoint at the receiver listens to, after its first try. */
async function deliverOne() {
  const endpoint = await bed.addEndpoint({ url: `${receiver.url}/hook` });
  const job = await bed.insertEnded();
  await bed.tell(job);
  await bed.work();
  return { endpoint, job, delivery: await readOnly() };
}

it('delivers the job without its text, signed, once', async () => {
  const { endpoint, job, delivery } = await deliverOne();
  expect(delivery).toMatchObject({
    state: 'delivered',
    jobId: job._id,
    tries: [{ httpStatus: 204, error: null }],
  });
  const [call] = receiver.calls;
  expect(call).toMatchObject({
    path: '/hook',
    headers: { 'content-type': 'application/json', 'webhook-id': job.announce.eventId },
  });
  expect(new Webhook(endpoint.secret).verify(call!.body, call!.headers)).toMatchObject({
    type: 'classification.succeeded',
    timestamp: job.finishedAt?.toISOString(),
    data: { id: job._id, state: 'succeeded', client: 'default', labels: ['billing', 'bug'], attempts: [] },
  });
  expect(call!.body).not.toContain('charged');
  await bed.pass(DAY);
  expect(receiver.calls).toHaveLength(1);
});

it('makes one delivery for each endpoint that listens, however often an end is told', async () => {
  const url = receiver.url;
  const mine = await bed.addEndpoint({ url });
  const other = await bed.addEndpoint({ url, events: ['classification.failed'] });
  await bed.addEndpoint({ url, client: 'stranger' });
  await bed.addEndpoint({ url, enabled: false });
  const job = await bed.insertEnded();
  for (let time = 0; time < 3; time += 1) await bed.tell(job);
  expect((await bed.readDeliveries()).map(({ webhookId }) => webhookId)).toEqual([mine._id]);
  await bed.tell(await bed.insertEnded({ state: 'failed' }));
  expect((await bed.readDeliveries()).slice(1).map(({ webhookId }) => webhookId)).toEqual(
    expect.arrayContaining([mine._id, other._id]),
  );
});

it('tries again over a day by the schedule, with the same id and body and a new timestamp, then fails', async () => {
  receiver.respondAlways(answerWith(503));
  const { endpoint, delivery } = await deliverOne();
  expect(delivery).toMatchObject({ state: 'pending', tries: [{ httpStatus: 503 }] });
  const startMs = delivery.createdAt.getTime();
  for (;;) {
    const { state, nextTryAt } = await readOnly();
    if (state === 'failed') break;
    const made = receiver.calls.length;
    await bed.pass(nextTryAt!.getTime() - bed.clock.now() - 1_000);
    expect(receiver.calls).toHaveLength(made);
    await bed.pass(1_000);
    expect(receiver.calls).toHaveLength(made + 1);
  }
  const failed = await readOnly();
  expect(failed).toMatchObject({ state: 'failed', nextTryAt: null });
  const hours = failed.tries.map(({ at }) => (at.getTime() - startMs) / HOUR);
  expect(hours.map((hour) => Math.round(hour))).toEqual([0, 0, 0, 1, 2, 5, 10, 14, 20, 24]);
  expect(new Set(idsOf(receiver.calls)).size).toBe(1);
  expect(new Set(receiver.calls.map(({ body }) => body)).size).toBe(1);
  expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
  const last = receiver.calls.at(-1)!;
  const key = Buffer.from(endpoint.secret.slice(6), 'base64').toString('base64');
  const at = new Date(Number(last.headers['webhook-timestamp']) * 1_000);
  expect(new Webhook(key).sign(last.headers['webhook-id']!, at, last.body)).toBe(
    last.headers['webhook-signature'],
  );
});

it('gets through at a later try', async () => {
  receiver.respondWith(answerWith(500), { kind: 'reset' });
  await deliverOne();
  await bed.pass(6_000);
  expect((await readOnly()).state).toBe('pending');
  await bed.pass(6 * MINUTE);
  expect(await readOnly()).toMatchObject({
    state: 'delivered',
    tries: [
      { httpStatus: 500 },
      { httpStatus: null, error: expect.stringContaining('reset') },
      { httpStatus: 204 },
    ],
  });
});

it('waits for as long as the receiver asks, within reason', async () => {
  receiver.respondWith(answerWith(429, { 'retry-after': '600' }));
  const { delivery } = await deliverOne();
  const waitMs = delivery.nextTryAt!.getTime() - bed.clock.now();
  expect(waitMs).toBe(600_000);
  receiver.respondWith(answerWith(503, { 'retry-after': '999999999' }));
  await bed.pass(11 * MINUTE);
  expect((await readOnly()).nextTryAt!.getTime() - bed.clock.now()).toBeLessThanOrEqual(6 * HOUR);
});

it('does not follow a redirect', async () => {
  const elsewhere = await startWebhookReceiver();
  receiver.respondWith(answerWith(307, { location: elsewhere.url }));
  const { delivery } = await deliverOne();
  expect(delivery).toMatchObject({
    state: 'pending',
    tries: [{ httpStatus: 307, error: expect.any(String) }],
  });
  expect(elsewhere.calls).toHaveLength(0);
  await elsewhere.stop();
});

it('disables an endpoint that is gone, on the audit log, and tells those operators who listen', async () => {
  const operators = await startWebhookReceiver();
  await bed.addEndpoint({ url: operators.url, client: 'ops', events: ['webhook.disabled'] });
  receiver.respondWith(answerWith(410));
  const endpoint = await bed.addEndpoint({ url: `${receiver.url}/path-with-a-secret` });
  for (let jobs = 0; jobs < 3; jobs += 1) await bed.tell(await bed.insertEnded());
  while ((await bed.work()) > 0);
  for (let look = 0; look < 2; look += 1) await bed.watch();
  expect(await bed.store.webhooks.findById(endpoint._id).lean()).toMatchObject({
    enabled: false,
    disabled: { reason: expect.stringContaining('410') },
    revision: 2,
  });
  expect(await bed.store.audit.findOne({ action: 'webhook.disabled' }).lean()).toMatchObject({
    actor: { tokenId: null },
    target: { kind: 'webhook', id: endpoint._id },
    after: { enabled: false },
  });
  expect(operators.calls).toHaveLength(1);
  expect(JSON.parse(operators.calls[0]!.body)).toMatchObject({
    type: 'webhook.disabled',
    data: { webhookId: endpoint._id, client: 'default', url: 'https://understudy.test/' },
  });
  expect(operators.calls[0]!.body).not.toContain('path-with-a-secret');
  await bed.pass(MINUTE);
  const states = (await bed.store.deliveries.find({ webhookId: endpoint._id }).lean()).map(
    ({ state }) => state,
  );
  expect(states).not.toContain('pending');
  await operators.stop();
});

it('neither disables an endpoint that was mended since it was called nor tells operators so', async () => {
  await bed.addEndpoint({ client: 'ops', events: ['webhook.disabled'] });
  const called = await bed.addEndpoint({ url: 'https://old.example.com/' });
  const mended = { url: 'https://new.example.com/', revision: 2 };
  await bed.store.webhooks.updateOne({ _id: called._id }, mended);
  expect(await disableWebhook(bed.store, called, { reason: 'it is gone.', at: new Date() })).toBe(false);
  await bed.watch();
  expect(await bed.store.webhooks.findById(called._id).lean()).toMatchObject({ ...mended, enabled: true });
  expect(await bed.readDeliveries()).toEqual([]);
});

it('disables an endpoint that has not answered for five days', async () => {
  receiver.respondAlways(answerWith(500));
  const { endpoint } = await deliverOne();
  for (let day = 0; day < 4; day += 1) {
    for (let step = 0; step < 12; step += 1) await bed.pass(2 * HOUR);
    await bed.tell(await bed.insertEnded());
  }
  expect(await bed.store.webhooks.findById(endpoint._id).lean()).toMatchObject({ enabled: true });
  for (let step = 0; step < 14; step += 1) await bed.pass(2 * HOUR);
  expect(await bed.store.webhooks.findById(endpoint._id).lean()).toMatchObject({
    enabled: false,
    disabled: { reason: expect.stringContaining('five days') },
  });
});

it('counts a failure once, also where the ledger takes the end of its try only when asked again', async () => {
  receiver.respondAlways(answerWith(500));
  await bed.addEndpoint({ url: receiver.url });
  await bed.tell(await bed.insertEnded());
  await bed.deliveryLanes.flush();
  const away = new Error('the ledger is away');
  const settling = vi.spyOn(bed.store.deliveries.collection, 'updateOne').mockRejectedValueOnce(away);
  await bed.work();
  expect(settling).toHaveBeenCalledTimes(2);
  expect(await readOnly()).toMatchObject({ tries: [{ httpStatus: 500 }] });
  expect(await bed.store.targets.find().lean()).toMatchObject([{ failures: 1 }]);
});

it('leaves a failing endpoint alone for a while, one call at a time, and is back at once when it answers', async () => {
  receiver.respondAlways(answerWith(500));
  await bed.addEndpoint({ url: receiver.url });
  const jobs = await Promise.all(Array.from({ length: 40 }, () => bed.insertEnded()));
  for (const job of jobs) bed.relay.emit(job);
  await bed.relay.flush();
  expect(await bed.work()).toBe(16);
  expect(await bed.work()).toBe(0);
  await bed.pass(6_000);
  expect(receiver.calls).toHaveLength(17);
  receiver.respondAlways(answerWith(200));
  for (let step = 0; step < 5; step += 1) await bed.pass(6 * MINUTE);
  expect((await bed.readDeliveries()).every(({ state }) => state === 'delivered')).toBe(true);
  expect(await bed.store.targets.countDocuments()).toBe(0);
});

it('lets a dead receiver hold up nobody else', async () => {
  const dead = await startWebhookReceiver();
  dead.respondAlways({ kind: 'hang' });
  await bed.addEndpoint({ url: dead.url });
  await bed.addEndpoint({ url: receiver.url });
  const jobs = await Promise.all(Array.from({ length: 40 }, () => bed.insertEnded()));
  for (const job of jobs) bed.relay.emit(job);
  await bed.relay.flush();
  const working: Promise<number>[] = [];
  const countDelivered = () => bed.store.deliveries.countDocuments({ state: 'delivered' });
  await eventually(async () => {
    working.push(bed.work());
    return (await countDelivered()) === 40;
  });
  // 16 at once, and one more when these have failed.
  expect(dead.calls.length).toBeLessThanOrEqual(17);
  await dead.stop();
  await Promise.all(working);
});

it('gives a client with many dead hosts its own turn only, and each of its hosts in turn', async () => {
  // Addresses that nobody opened: refused at once.
  const many = Array.from({ length: 200 }, (_, host) => `http://127.1.0.${host}/`);
  await Promise.all(['many', 'other'].map((name) => ensureClient(bed.store, name, null)));
  const ended = buildJob({ state: 'succeeded', finishedAt: new Date() });
  const toNotice = (client: string, webhookUrl: string) => {
    const { _id, eventId } = { _id: createId('job'), eventId: createId('evt') };
    return { ...ended, _id, eventId, client, webhookUrl };
  };
  await bed.announcer.announceJobs(many.map((url) => toNotice('many', url)));
  await bed.deliveryLanes.flush();
  expect(await bed.producer.queues.webhook.getWaitingCount()).toBe(32);
  await bed.announcer.announceJobs([toNotice('other', receiver.url)]);
  await bed.deliveryLanes.flush();
  expect(await bed.producer.queues.webhook.getWaitingCount()).toBe(33);
  for (let round = 0; round < 3; round += 1) await bed.work();
  expect(receiver.calls).toHaveLength(1);
  const tried = await bed.store.deliveries.distinct('target', { client: 'many', roundTries: 1 });
  expect(tried).toHaveLength(96);
});

it('gives each receiver of a client its turn, also where two of them could fill all of its places', async () => {
  const [first, second] = [`${receiver.url}/first`, `${receiver.url}/second`];
  for (const url of [first, second]) await bed.addEndpoint({ url });
  const jobs = await Promise.all(Array.from({ length: 20 }, () => bed.insertEnded()));
  for (const job of jobs) bed.relay.emit(job);
  await bed.relay.flush();
  await bed.tell(await bed.insertEnded({ webhookUrl: `${receiver.url}/third` }));
  await bed.deliveryLanes.flush();
  const held = await bed.producer.queues.webhook.getJobs(['wait'], 0, -1, true);
  expect(held).toHaveLength(32);
  for (const { data } of held.slice(0, 3)) {
    await deliver(bed.deps, (data as { deliveryId: string }).deliveryId);
    await bed.deliveryLanes.flush();
  }
  const deliveries = await bed.readDeliveries();
  expect(deliveries.find(({ url }) => url?.endsWith('/third'))).toHaveProperty('heldUntil');
});

it('tries again what a worker died of, or after it was sent, under the same id', async () => {
  const { delivery } = await (async () => {
    await bed.addEndpoint({ url: receiver.url });
    await bed.tell(await bed.insertEnded());
    return { delivery: await readOnly() };
  })();
  const now = new Date(bed.clock.now());
  const until = new Date(now.getTime() + 30_000);
  const died = await claimDelivery(bed.store, { id: delivery._id, token: 'dead', now, until });
  await fetch(receiver.url, { method: 'POST', headers: { 'webhook-id': died!.eventId }, body: died!.body });
  await bed.pass(20_000);
  expect(receiver.calls).toHaveLength(1);
  await bed.pass(20_000);
  expect(idsOf(receiver.calls)).toEqual([delivery.eventId, delivery.eventId]);
  expect(await readOnly()).toMatchObject({
    state: 'delivered',
    tries: [{ token: 'dead', httpStatus: null, durationMs: null }, { httpStatus: 204 }],
  });
});

it('puts in again what the queue lost', async () => {
  await bed.addEndpoint({ url: receiver.url });
  await bed.tell(await bed.insertEnded());
  await bed.deliveryLanes.flush();
  await bed.producer.queues.webhook.obliterate({ force: true });
  await bed.pass(1_000);
  expect(receiver.calls).toHaveLength(0);
  await bed.pass(10_000);
  expect(receiver.calls).toHaveLength(1);
});

it('signs what a job’s own address gets with the secret of its client', async () => {
  await ensureClient(bed.store, 'default', null);
  await bed.tell(await bed.insertEnded({ webhookUrl: `${receiver.url}/mine?x=1` }));
  await bed.work();
  expect(await readOnly()).toMatchObject({ state: 'delivered', webhookId: null });
  expect(receiver.calls[0]?.path).toBe('/mine?x=1');
  const client = await bed.store.clients.findOne({ name: 'default' }).lean();
  expect(client?.secrets).toHaveLength(1);
});

it('gives up at once what a job’s own address says is gone, and goes on with its others', async () => {
  await ensureClient(bed.store, 'default', null);
  receiver.respondWith(answerWith(410));
  for (let jobs = 0; jobs < 2; jobs += 1) {
    await bed.tell(await bed.insertEnded({ webhookUrl: `${receiver.url}/mine` }));
    await bed.pass(6_000);
  }
  expect(await bed.readDeliveries()).toMatchObject([
    { state: 'failed', nextTryAt: null, tries: [{ httpStatus: 410 }] },
    { state: 'delivered', tries: [{ httpStatus: 204 }] },
  ]);
});

it('holds nothing against a receiver that it cannot sign for, and goes on once the secret is rotated', async () => {
  const lost = createKeyRing([{ version: 99, key: randomBytes(32) }]);
  const id = createId('whk');
  const place = toWebhookSecretPlace(id);
  const { stored } = createSigningSecret(lost, place, new Date());
  await bed.addEndpoint({ _id: id, url: receiver.url, secrets: [stored] });
  await bed.tell(await bed.insertEnded());
  await bed.work();
  const error = expect.stringMatching(/signing secret could not be opened.*Master key 99 is not in/);
  expect(await readOnly()).toMatchObject({ state: 'pending', tries: [{ httpStatus: null, error }] });
  expect(await bed.store.targets.countDocuments()).toBe(0);
  const next = createSigningSecret(bed.deps.keyRing, place, new Date());
  const { secrets } = rotateSecrets([stored], next.stored, new Date());
  await bed.store.webhooks.updateOne({ _id: id }, { secrets });
  await bed.pass(6_000);
  expect(await readOnly()).toMatchObject({ state: 'delivered' });
  const [call] = receiver.calls;
  const at = new Date(Number(call!.headers['webhook-timestamp']) * 1_000);
  expect(new Webhook(next.secret).sign(call!.headers['webhook-id']!, at, call!.body)).toBe(
    call!.headers['webhook-signature'],
  );
});

it('says so where the secret of a client does not open, and delivers once it is rotated', async () => {
  await ensureClient(bed.store, 'default', null);
  const client = await bed.store.clients.findOne({ name: 'default' }).lean();
  const place = toClientSecretPlace(client!._id);
  const stranger = createKeyRing([{ version: 1, key: randomBytes(32) }]);
  const { stored } = createSigningSecret(stranger, place, new Date());
  await bed.store.clients.updateOne({ name: 'default' }, { secrets: [stored] });
  await bed.tell(await bed.insertEnded({ webhookUrl: receiver.url }));
  await bed.work();
  const error = expect.stringMatching(/Master key 1 in .* is not the one that the secret was sealed with/);
  expect(await readOnly()).toMatchObject({ state: 'pending', tries: [{ httpStatus: null, error }] });
  const next = createSigningSecret(bed.deps.keyRing, place, new Date());
  const { secrets } = rotateSecrets([stored], next.stored, new Date());
  await bed.store.clients.updateOne({ name: 'default' }, { secrets });
  await bed.pass(6_000);
  expect(await readOnly()).toMatchObject({ state: 'delivered' });
  expect(receiver.calls).toHaveLength(1);
});

it('gives up a test of an endpoint that was removed, too', async () => {
  const whk = createId('whk');
  const to = { target: whk, webhookId: whk, client: 'default', url: null };
  const event = { eventId: createId('evt'), type: 'webhook.test' as const, jobId: null };
  const test = toDelivery({ ...event, ...to, body: '{}', once: true }, new Date(bed.clock.now()));
  await insertDeliveries(bed.store, [test]);
  await bed.pass(0);
  expect(await readOnly()).toMatchObject({ state: 'failed', tries: [], nextTryAt: null });
});

it('calls no private address that nobody named, and says so', async () => {
  await bed.addEndpoint({ url: 'http://127.0.0.2:2/' });
  await bed.tell(await bed.insertEnded());
  await bed.work();
  expect(await readOnly()).toMatchObject({
    state: 'pending',
    tries: [{ httpStatus: null, error: expect.stringContaining('UNDERSTUDY_PRIVATE_HOSTS') }],
  });
});

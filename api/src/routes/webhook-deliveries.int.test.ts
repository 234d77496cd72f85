import { insertDeliveries, toDelivery } from '@understudy/shared/store/webhooks/insert-deliveries';
import { noteFailure, readTarget } from '@understudy/shared/store/webhooks/targets';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

type Caller = Awaited<ReturnType<TestApi['as']>>;

let api: TestApi;
let mine: Caller;
let operator: Caller;
beforeAll(async () => {
  api = await startTestApi();
  mine = await api.as({ scopes: ['jobs:write'], client: 'shop' });
  operator = await api.as({ scopes: ['jobs:write', 'providers:read'], client: 'ops' });
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.bed.store.webhooks.deleteMany({});
});

const PATH = '/api/webhooks';
const HOOK = { url: 'https://hooks.example.com/understudy', events: ['classification.succeeded'] };
const create = async (body: object = HOOK, caller = mine) =>
  (await caller('POST', PATH, { body })).body as { id: string; secret: string };

async function addDelivery(webhookId: string, more: object = {}) {
  const from = {
    eventId: `evt_${Math.random()}`,
    type: 'classification.succeeded' as const,
    jobId: 'job_1',
  };
  const delivery = toDelivery(
    { ...from, target: webhookId, webhookId, client: 'shop', url: null, body: '{}', once: false },
    new Date(),
  );
  const tries = [{ at: new Date(), token: 't', httpStatus: 500, durationMs: 12, error: 'no' }];
  const added = { ...delivery, tries, ...more };
  await insertDeliveries(api.bed.store, [added]);
  return added;
}

it('deliveries are listed by endpoint and state, newest first', async () => {
  const { id } = await create();
  const first = await addDelivery(id, { state: 'failed', nextTryAt: null });
  const second = await addDelivery(id);
  const { body } = await mine('GET', `${PATH}/${id}/deliveries`);
  expect(body.data.map((delivery: { id: string }) => delivery.id)).toEqual([second._id, first._id]);
  expect(body.data[1]).toMatchObject({
    state: 'failed',
    tries: [{ httpStatus: 500, error: 'no' }],
    nextTryAt: null,
  });
  const failed = await mine('GET', `${PATH}/${id}/deliveries?state=failed,delivered&limit=1`);
  expect(failed.body.data).toMatchObject([{ id: first._id }]);
  expect((await mine('GET', `${PATH}/${id}/deliveries?state=lost`)).status).toBe(422);
});

it('deliveries in one state are found among many that are in another', async () => {
  const { id } = await create();
  const failed = await addDelivery(id, { state: 'failed', nextTryAt: null });
  for (let added = 0; added < 50; added += 1) await addDelivery(id, { state: 'delivered', nextTryAt: null });
  const read = () => mine('GET', `${PATH}/${id}/deliveries?state=failed,pending&limit=20`);
  const queries = await profileQueries(api.bed.store, read);
  expect((await read()).body.data).toMatchObject([{ id: failed._id }]);
  const query = queries.find(({ collection }) => collection === 'webhook_deliveries');
  expect(query).toMatchObject({ docsExamined: 1, results: 1 });
});

it('deliveries are tried again at once, under the same event id', async () => {
  const { id } = await create();
  const { _id, eventId } = await addDelivery(id, { state: 'failed', nextTryAt: null, roundTries: 10 });
  const again = await mine('POST', `${PATH}/${id}/deliveries/${_id}/redeliver`);
  expect(again).toMatchObject({
    status: 202,
    body: { eventId, state: 'pending', nextTryAt: expect.any(String) },
  });
  const queued = await api.context.producer.queues.webhook.getJob(`${_id}.1`);
  expect(queued?.data).toEqual({ deliveryId: _id });
  const begunAnew = (await api.bed.store.deliveries.findById(_id).lean())!;
  expect(begunAnew.roundTries).toBe(0);
  expect(begunAnew.expiresAt.getTime() - begunAnew.roundAt.getTime()).toBe(30 * 86_400_000);
});

it('deliveries are not tried again of a disabled or another endpoint, or while one is under way', async () => {
  const { id } = await create();
  const busy = await addDelivery(id, { claim: 't' });
  expect(await mine('POST', `${PATH}/${id}/deliveries/${busy._id}/redeliver`)).toMatchObject({
    status: 409,
    body: { code: 'not_retryable' },
  });
  const elsewhere = await addDelivery('whk_other');
  expect((await mine('POST', `${PATH}/${id}/deliveries/${elsewhere._id}/redeliver`)).status).toBe(404);
  const done = await addDelivery(id, { state: 'delivered', nextTryAt: null });
  await mine('PATCH', `${PATH}/${id}`, { body: { enabled: false } });
  expect((await mine('POST', `${PATH}/${id}/deliveries/${done._id}/redeliver`)).body.code).toBe(
    'not_retryable',
  );
});

it('deliveries of the service’s own events are given up where the endpoint hears of these no more, and follow it nowhere', async () => {
  const events = ['classification.failed', 'provider.down'];
  const { id } = await create({ ...HOOK, events }, operator);
  const type = 'provider.down' as const;
  const heldUntil = new Date(Date.now() + 60_000);
  const waiting = await addDelivery(id, { type });
  const underWay = await addDelivery(id, { type, claim: 't', heldUntil });
  const ofJob = await addDelivery(id);
  const readState = async ({ _id }: { _id: string }) =>
    (await api.bed.store.deliveries.findById(_id).lean())?.state;
  await operator('PATCH', `${PATH}/${id}`, { body: { description: 'ours' } });
  expect(await readState(waiting)).toBe('pending');
  await operator('PATCH', `${PATH}/${id}`, { body: { events: ['classification.failed'] } });
  for (const delivery of [waiting, underWay]) expect(await readState(delivery)).toBe('failed');
  await operator('POST', `${PATH}/${id}/deliveries/${waiting._id}/redeliver`);
  expect(await readState(waiting)).toBe('pending');
  const plain = await api.as({ scopes: ['jobs:write'], client: 'ops' });
  const moved = await plain('PATCH', `${PATH}/${id}`, { body: { url: 'https://elsewhere.example.com/' } });
  expect(moved.status).toBe(200);
  expect(await readState(waiting)).toBe('failed');
  expect(await readState(ofJob)).toBe('pending');
});

describe('deliveries to the address that a job brought along', () => {
  const JOB = { text: 'Where is it?', labels: ['parcel', 'refund'], webhookUrl: 'https://own.example.com/' };

  async function submit() {
    const { body } = await mine('POST', '/api/classifications', { body: JOB });
    return { id: body.id as string, path: `/api/classifications/${body.id}/deliveries` };
  }
  const addOwn = (jobId: string, more: object = {}) =>
    addDelivery('', { webhookId: null, url: JOB.webhookUrl, target: 'shop own.example.com', jobId, ...more });

  it('are listed by job and state, newest first, without those of endpoints', async () => {
    const { id, path } = await submit();
    const first = await addOwn(id, { state: 'failed', nextTryAt: null });
    const second = await addOwn(id);
    await addDelivery('whk_other', { jobId: id });
    await addOwn('job_other');
    const { status, body } = await mine('GET', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: [
        { id: second._id, webhookId: null, jobId: id },
        { id: first._id, state: 'failed', tries: [{ httpStatus: 500 }] },
      ],
      nextCursor: null,
    });
    const { body: page } = await mine('GET', `${path}?limit=1`);
    const { body: next } = await mine('GET', `${path}?limit=1&cursor=${page.nextCursor}`);
    expect([page.data[0].id, next.data[0].id]).toEqual([second._id, first._id]);
    expect((await mine('GET', `${path}?state=failed`)).body.data).toMatchObject([{ id: first._id }]);
  });

  it('are made again, under the same event id and though their receiver rests', async () => {
    const { id, path } = await submit();
    const { _id, eventId, target } = await addOwn(id, { state: 'failed', nextTryAt: null, roundTries: 10 });
    const { store, producer } = api.context;
    await noteFailure(store, target, new Date());
    expect(await mine('POST', `${path}/${_id}/redeliver`)).toMatchObject({
      status: 202,
      body: { eventId, state: 'pending', nextTryAt: expect.any(String) },
    });
    expect((await readTarget(store, target))?.pausedUntil).toBeNull();
    expect((await producer.queues.webhook.getJob(`${_id}.1`))?.data).toEqual({ deliveryId: _id });
  });

  it('are for those who may see the job, and none of another job or of an endpoint is among them', async () => {
    const { id, path } = await submit();
    const own = await addOwn(id, { state: 'failed', nextTryAt: null });
    const other = await addOwn('job_other', { state: 'failed', nextTryAt: null });
    const ofEndpoint = await addDelivery('whk_other', { jobId: id, state: 'failed', nextTryAt: null });
    for (const { _id } of [other, ofEndpoint]) {
      expect(await mine('POST', `${path}/${_id}/redeliver`)).toMatchObject({ status: 404 });
    }
    for (const [method, at] of [
      ['GET', path],
      ['POST', `${path}/${own._id}/redeliver`],
    ] as const) {
      expect(await operator(method, at)).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
    }
    const reader = await api.as({ scopes: ['jobs:read'], client: 'shop' });
    expect((await reader('GET', path)).status).toBe(200);
    expect((await reader('POST', `${path}/${own._id}/redeliver`)).status).toBe(403);
  });

  it('are not made again once the job is erased', async () => {
    const { id, path } = await submit();
    const { _id } = await addOwn(id, { state: 'delivered', nextTryAt: null });
    expect((await mine('DELETE', `/api/classifications/${id}`)).status).toBe(200);
    expect(await mine('POST', `${path}/${_id}/redeliver`)).toMatchObject({
      status: 409,
      body: { code: 'not_retryable' },
    });
  });
});

it('deliveries of a test are put on their way without waiting for anybody', async () => {
  const { id } = await create();
  const { status, body } = await mine('POST', `${PATH}/${id}/test`);
  expect({ status, body }).toMatchObject({
    status: 202,
    body: { type: 'webhook.test', state: 'pending', tries: [] },
  });
  expect(await api.context.producer.queues.webhook.getJob(`${body.id}.0`)).toBeDefined();
});

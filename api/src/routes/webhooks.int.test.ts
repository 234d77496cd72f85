import { createClient } from '@understudy/shared/client/client';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { openSecrets } from '@understudy/shared/secrets/webhook-secret';
import { toClientSecretPlace } from '@understudy/shared/store/clients/model';
import { toWebhookSecretPlace } from '@understudy/shared/store/webhooks/model';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

type Caller = Awaited<ReturnType<TestApi['as']>>;

let api: TestApi;
let mine: Caller;
let other: Caller;
let operator: Caller;
beforeAll(async () => {
  api = await startTestApi();
  mine = await api.as({ scopes: ['jobs:write'], client: 'shop' });
  other = await api.as({ scopes: ['jobs:write'], client: 'blog' });
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
const readAudit = (id: string) => api.bed.store.audit.find({ 'target.id': id }).sort({ _id: 1 }).lean();

describe('an endpoint', () => {
  it('is made with a secret that is shown once, encrypted, and on the audit log without it', async () => {
    const { status, body, headers } = await mine('POST', PATH, { body: HOOK });
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe(`${PATH}/${body.id}`);
    expect(body).toMatchObject({
      ...HOOK,
      client: 'shop',
      enabled: true,
      disabled: null,
      failingSince: null,
    });
    expect(body.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const read = await mine('GET', `${PATH}/${body.id}`);
    expect(read.text).not.toContain('whsec_');
    const stored = JSON.stringify(await api.bed.store.webhooks.findById(body.id).lean());
    const audited = JSON.stringify(await readAudit(body.id));
    for (const text of [stored, audited]) expect(text).not.toContain(body.secret.slice(6));
    expect(audited).toContain('webhook.created');
  });

  it('is made with its secret also where the ledger is gone once it is written', async () => {
    const away = () => {
      throw new Error('The ledger is away.');
    };
    const targets = vi.spyOn(api.context.store.targets, 'find').mockImplementation(away);
    const { status, body } = await mine('POST', PATH, { body: HOOK });
    targets.mockRestore();
    expect({ status, secret: body.secret }).toEqual({ status: 201, secret: expect.any(String) });
  });

  it('is seen and changed by its own client and by administrators only', async () => {
    const { id } = await create();
    for (const [method, path, body] of [
      ['GET', '', undefined],
      ['PUT', '', HOOK],
      ['PATCH', '', { enabled: false }],
      ['DELETE', '', undefined],
      ['POST', '/test', undefined],
      ['POST', '/rotate-secret', undefined],
      ['GET', '/deliveries', undefined],
      ['POST', '/deliveries/whd_x/redeliver', undefined],
    ] as const) {
      const reply = await other(method, `${PATH}/${id}${path}`, body ? { body } : {});
      expect({ method, path, status: reply.status }).toEqual({ method, path, status: 404 });
    }
    expect((await other('GET', PATH)).body.data).toEqual([]);
    expect((await api.admin('GET', `${PATH}/${id}`)).status).toBe(200);
    expect((await mine('GET', `${PATH}?limit=1`)).body).toMatchObject({ data: [{ id }] });
  });

  it('may hear of the service’s own events only where its maker is an operator', async () => {
    const body = { ...HOOK, events: ['classification.failed', 'provider.down', 'webhook.disabled'] };
    expect(await mine('POST', PATH, { body })).toMatchObject({
      status: 403,
      body: { code: 'forbidden', detail: expect.stringContaining('providers:read') },
    });
    const { id } = await create();
    expect((await mine('PATCH', `${PATH}/${id}`, { body: { events: body.events } })).status).toBe(403);
    expect((await mine('PUT', `${PATH}/${id}`, { body })).status).toBe(403);
    const made = await operator('POST', PATH, { body });
    expect(made.status).toBe(201);
    const plain = await api.as({ scopes: ['jobs:write'], client: 'ops' });
    const kept = await plain('PATCH', `${PATH}/${made.body.id}`, { body: { description: 'ours' } });
    expect(kept).toMatchObject({ status: 200, body: { description: 'ours', events: body.events } });
  });

  it('is one of at most twenty of its client, however many are asked for at once', async () => {
    const { webhooks } = api.bed.store;
    const { id } = await create();
    const first = (await webhooks.findById(id).lean())!;
    await webhooks.insertMany(
      Array.from({ length: 18 }, (_, index) => ({ ...first, _id: `${id}_${index}` })),
    );
    const asked = await Promise.all(Array.from({ length: 4 }, () => mine('POST', PATH, { body: HOOK })));
    expect(asked.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(asked.find(({ status }) => status === 422)).toMatchObject({
      body: { code: 'validation_failed', errors: [{ detail: expect.stringContaining('20 endpoints') }] },
    });
    expect(await webhooks.countDocuments({ client: 'shop' })).toBe(20);
    expect((await other('POST', PATH, { body: HOOK })).status).toBe(201);
    await mine('DELETE', `${PATH}/${id}`);
    expect((await mine('POST', PATH, { body: HOOK })).status).toBe(201);
  });

  it('that hears the service’s own events is moved, switched, removed and given a secret by operators only', async () => {
    const body = { ...HOOK, events: ['classification.failed', 'provider.down'] };
    const { id } = await create(body, operator);
    const plain = await api.as({ scopes: ['jobs:write'], client: 'ops' });
    const changes = [
      ['PATCH', '', { url: 'https://elsewhere.example.com/' }],
      ['PATCH', '', { enabled: false }],
      ['PATCH', '', { events: ['classification.failed'] }],
      ['PUT', '', { ...body, url: 'https://elsewhere.example.com/' }],
      ['POST', '/rotate-secret', undefined],
      ['DELETE', '', undefined],
    ] as const;
    for (const [method, path, change] of changes) {
      const { status } = await plain(method, `${PATH}/${id}${path}`, change ? { body: change } : {});
      expect({ method, change, status }).toEqual({ method, change, status: 403 });
    }
    expect((await operator('GET', `${PATH}/${id}`)).body).toMatchObject({ ...body, enabled: true });
    for (const [method, path, change] of changes) {
      const { status } = await operator(method, `${PATH}/${id}${path}`, change ? { body: change } : {});
      expect(status).toBeLessThan(300);
    }
  });

  it('that hears the service’s own events shows and sends its deliveries for operators only', async () => {
    const body = { ...HOOK, events: ['classification.failed', 'provider.down'] };
    const { id } = await create(body, operator);
    const plain = await api.as({ scopes: ['jobs:write'], client: 'ops' });
    const test = await operator('POST', `${PATH}/${id}/test`);
    expect(test.status).toBe(202);
    const calls = [
      ['POST', '/test'],
      ['GET', '/deliveries'],
      ['POST', `/deliveries/${test.body.id}/redeliver`],
    ] as const;
    for (const [method, path] of calls) {
      const refused = await plain(method, `${PATH}/${id}${path}`);
      expect({ path, refused }).toMatchObject({
        path,
        refused: { status: 403, body: { code: 'forbidden' } },
      });
      expect((await operator(method, `${PATH}/${id}${path}`)).status).toBeLessThan(300);
    }
    expect((await plain('GET', `${PATH}/${id}`)).status).toBe(200);
    // An alert stays the operators' where the endpoint hears of no more.
    await api.bed.store.deliveries.updateOne({ _id: test.body.id }, { type: 'provider.down' });
    await operator('PATCH', `${PATH}/${id}`, { body: { events: ['classification.failed'] } });
    expect((await plain('GET', `${PATH}/${id}/deliveries`)).status).toBe(200);
    expect((await plain('POST', `${PATH}/${id}${calls[2][1]}`)).status).toBe(403);
  });

  it.each([
    ['http://169.254.169.254/'],
    ['http://localhost:3000/'],
    ['http://[::ffff:10.0.0.1]/'],
    ['https://user:secret@example.com/'],
    ['ftp://example.com/'],
    ['nonsense'],
    ['https://a.example/\u0000'],
  ])('is not made at %s, nor moved there', async (url) => {
    const refused = { status: 422, body: { code: 'validation_failed', errors: [{ pointer: '/url' }] } };
    expect(await mine('POST', PATH, { body: { ...HOOK, url } })).toMatchObject(refused);
    const { id } = await create();
    expect(await mine('PATCH', `${PATH}/${id}`, { body: { url } })).toMatchObject(refused);
    expect(await mine('PUT', `${PATH}/${id}`, { body: { ...HOOK, url } })).toMatchObject(refused);
  });

  it.each([
    [{ ...HOOK, events: [] }, '/events'],
    [{ ...HOOK, events: ['classification.succeeded', 'classification.succeeded'] }, '/events'],
    [{ ...HOOK, events: ['webhook.test'] }, '/events/0'],
    [{ ...HOOK, url: { $ne: null } }, '/url'],
    [{ ...HOOK, secret: 'whsec_x' }, '/secret'],
    [{ url: HOOK.url }, '/events'],
  ])('is refused as %j', async (body, pointer) => {
    const reply = await mine('POST', PATH, { body });
    expect(reply).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it('is changed whole or in part, guarded by its tag, and deleted', async () => {
    const { id } = await create({ ...HOOK, description: 'first' });
    const path = `${PATH}/${id}`;
    const etag = (await mine('GET', path)).headers.get('ETag') ?? '';
    const patched = await mine('PATCH', path, { body: { enabled: false }, headers: { 'If-Match': etag } });
    expect(patched.body).toMatchObject({ enabled: false, description: 'first' });
    const stale = await mine('PUT', path, { body: HOOK, headers: { 'If-Match': etag } });
    expect(stale).toMatchObject({ status: 412, body: { code: 'stale' } });
    expect((await mine('PUT', path, { body: HOOK })).body).toMatchObject({
      enabled: true,
      description: null,
    });
    expect((await mine('DELETE', path)).status).toBe(204);
    expect((await mine('GET', path)).status).toBe(404);
    expect((await readAudit(id)).map(({ action }) => action)).toEqual([
      'webhook.created',
      'webhook.updated',
      'webhook.updated',
      'webhook.deleted',
    ]);
  });

  it('that the service disabled is switched on again with nothing held against it', async () => {
    const { id } = await create();
    const { store } = api.bed;
    const disabled = { at: new Date(), reason: 'it answered that it is gone for good (410).' };
    await store.webhooks.updateOne({ _id: id }, { enabled: false, disabled });
    await store.targets.create({
      _id: id,
      failures: 9,
      failingSince: new Date(),
      pausedUntil: null,
      updatedAt: new Date(),
    });
    expect((await mine('GET', `${PATH}/${id}`)).body).toMatchObject({
      enabled: false,
      disabled: { reason: disabled.reason },
      failingSince: expect.any(String),
    });
    const { body } = await mine('PATCH', `${PATH}/${id}`, { body: { enabled: true } });
    expect(body).toMatchObject({ enabled: true, disabled: null, failingSince: null });
  });

  it('signs with the new secret and the one before, for a day', async () => {
    const { id, secret } = await create();
    const rotated = await mine('POST', `${PATH}/${id}/rotate-secret`);
    expect(rotated).toMatchObject({ status: 200, body: { previousValidUntil: expect.any(String) } });
    const { secrets = [] } = (await api.bed.store.webhooks.findById(id).lean()) ?? {};
    const keyRing = createKeyRing(api.bed.masterKeys);
    const at = (hours: number) =>
      openSecrets(keyRing, toWebhookSecretPlace(id), secrets, new Date(Date.now() + hours * 3_600_000));
    expect(at(0)).toEqual([rotated.body.secret, secret]);
    expect(at(23)).toEqual([rotated.body.secret, secret]);
    expect(at(25)).toEqual([rotated.body.secret]);
    expect(JSON.stringify(await readAudit(id))).toContain('webhook.secret_rotated');
  });
});

describe('clients', () => {
  it('exist from their first token, and are seen by themselves and administrators', async () => {
    const all = (await api.admin('GET', '/api/clients?limit=200')).body.data as { name: string }[];
    expect(all.map(({ name }) => name)).toEqual(expect.arrayContaining(['default', 'shop', 'blog', 'ops']));
    expect((await mine('GET', '/api/clients')).body.data).toMatchObject([{ name: 'shop' }]);
    const token = { name: 'new', client: 'newcomer', scopes: ['jobs:read'] };
    await api.admin('POST', '/api/tokens', { body: token });
    expect((await api.admin('GET', '/api/clients?limit=1')).body.data).toMatchObject([{ name: 'newcomer' }]);
  });

  it('get a new secret, shown once, for themselves or from an administrator', async () => {
    const path = '/api/clients/shop/webhook-secret';
    expect((await other('POST', path)).status).toBe(403);
    expect((await api.admin('POST', '/api/clients/nobody/webhook-secret')).status).toBe(404);
    const first = await mine('POST', path);
    expect(first).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^whsec_/) } });
    const { clients } = createClient({ baseUrl: api.url, token: mine.token });
    const second = await clients.rotateSecret('shop');
    expect(second.previousValidUntil).not.toBeNull();
    const client = (await api.bed.store.clients.findOne({ name: 'shop' }).lean())!;
    const place = toClientSecretPlace(client._id);
    const open = openSecrets(createKeyRing(api.bed.masterKeys), place, client.secrets, new Date());
    expect(open).toEqual([second.secret, first.body.secret]);
    expect((await readAudit(client._id)).map(({ action }) => action)).toEqual([
      'client.secret_rotated',
      'client.secret_rotated',
    ]);
  });
});

it('takes a job’s own address, if it may be called', async () => {
  const job = { text: 'x', labels: ['a', 'b'], webhookUrl: 'https://hooks.example.com/mine' };
  const { status, body } = await mine('POST', '/api/classifications', { body: job });
  expect({ status, webhookUrl: body.webhookUrl }).toEqual({ status: 202, webhookUrl: job.webhookUrl });
  const webhookUrl = 'http://10.0.0.1/';
  expect(await mine('POST', '/api/classifications', { body: { ...job, webhookUrl } })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/webhookUrl', code: 'not_callable' }] },
  });
});

it('is complete in the typed client', async () => {
  const { webhooks, clients } = createClient({ baseUrl: api.url, token: mine.token });
  const { id, secret } = await webhooks.create({ url: HOOK.url, events: ['batch.finished'] });
  expect(secret).toMatch(/^whsec_/);
  const { etag } = await webhooks.read(id);
  const updated = await webhooks.update(id, { enabled: false }, { ifMatch: etag });
  expect(updated.webhook.enabled).toBe(false);
  await expect(
    webhooks.replace(id, { url: HOOK.url, events: ['batch.finished'] }, { ifMatch: etag }),
  ).rejects.toThrow('changed since');
  const test = await webhooks.test(id);
  expect((await webhooks.deliveries(id, { state: ['pending'] })).data).toMatchObject([{ id: test.id }]);
  expect((await webhooks.redeliver(id, test.id)).id).toBe(test.id);
  expect((await webhooks.rotateSecret(id)).secret).not.toBe(secret);
  await webhooks.remove(id, { ifMatch: null });
  expect((await webhooks.list()).data.map((webhook) => webhook.id)).not.toContain(id);
  expect((await clients.list()).data).toMatchObject([{ name: 'shop' }]);
});

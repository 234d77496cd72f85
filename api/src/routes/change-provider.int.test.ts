import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
const replies: string[] = [];
beforeAll(async () => {
  api = await startTestApi();
  const { admin } = api;
  api.admin = async (...call) => {
    const reply = await admin(...call);
    replies.push(reply.text);
    return reply;
  };
});
afterAll(() => api.close());

const PATH = '/api/providers';
const KEY = 'sk-very-secret-key-1234';
const openai = (name: string) => ({
  name,
  type: 'openai',
  apiKey: KEY,
  configuration: { model: 'gpt-4.1-mini' },
});
const compatible = (name: string) => ({
  ...openai(name),
  type: 'openai-compatible',
  baseUrl: 'https://llm.example.com/v1',
});
const create = (body: object) => api.admin('POST', PATH, { body });
const storedKey = async (id: string) => {
  const provider = await api.bed.store.providers.findById(id).lean();
  return provider?.apiKey && createKeyRing(api.bed.masterKeys).decrypt(provider.apiKey, toApiKeyPlace(id));
};

describe('PUT and PATCH', () => {
  it('writes the whole: what is absent takes its default, but the key stays', async () => {
    const { body: made } = await create({ ...openai('whole'), priority: 7, rateLimit: 60 });
    const { body } = await api.admin('PUT', `${PATH}/whole`, {
      body: { ...openai('whole'), apiKey: undefined },
    });
    expect(body).toMatchObject({ id: made.id, priority: 50, rateLimit: null, apiKeyLast4: '1234' });
    expect(await storedKey(made.id)).toBe(KEY);
  });

  it('changes only what a patch names, nested too', async () => {
    const { body: made } = await create({ ...openai('patched'), priority: 7, rateLimit: 60 });
    const { body } = await api.admin('PATCH', `${PATH}/patched`, {
      body: { rateLimit: null, configuration: { weight: 3 } },
      headers: { 'Content-Type': 'application/merge-patch+json' },
    });
    expect(body).toMatchObject({
      priority: 7,
      rateLimit: null,
      configuration: { model: 'gpt-4.1-mini', weight: 3 },
    });
    expect(await storedKey(made.id)).toBe(KEY);
    const refused = await api.admin('PATCH', `${PATH}/patched`, { body: { configuration: { model: null } } });
    expect(refused.body.errors[0].pointer).toBe('/configuration/model');
    expect(
      (await api.admin('PATCH', `${PATH}/patched`, { body: { nonsense: 1 } })).body.errors[0].pointer,
    ).toBe('/nonsense');
  });

  it('replaces a key by a new one, removes it by null, and demands one where the type does', async () => {
    const { body: made } = await create(compatible('keys'));
    await api.bed.store.providers.updateOne(
      { _id: made.id },
      { flagged: { reason: 'unauthenticated', at: new Date(), message: 'no' } },
    );
    const renewed = await api.admin('PATCH', `${PATH}/keys`, {
      body: { apiKey: 'sk-other-secret-key-9876' },
    });
    expect(renewed.body).toMatchObject({ apiKeyLast4: '9876', status: { flagged: null } });
    const removed = await api.admin('PATCH', `${PATH}/keys`, { body: { apiKey: null } });
    expect(removed.body).toMatchObject({ hasApiKey: false, apiKeyLast4: null });
    await create(openai('needs-key'));
    const refused = await api.admin('PATCH', `${PATH}/needs-key`, { body: { apiKey: null } });
    expect(refused.body.errors).toMatchObject([{ pointer: '/apiKey' }]);
  });

  it('never sends a stored key to another address than it was given for', async () => {
    const { body: made } = await create(compatible('moving'));
    const moves = [
      { baseUrl: 'https://evil.example.com/v1' },
      { baseUrl: 'https://llm.example.com:8443/v1' },
      { type: 'openai', baseUrl: null },
    ];
    for (const body of moves) {
      const refused = await api.admin('PATCH', `${PATH}/moving`, { body });
      expect(refused.body).toMatchObject({ status: 422, errors: [{ pointer: '/apiKey' }] });
    }
    const respelt = { baseUrl: 'https://LLM.example.com/v1/' };
    expect((await api.admin('PATCH', `${PATH}/moving`, { body: respelt })).status).toBe(200);
    const again = { ...moves[0], apiKey: 'sk-another-secret-key' };
    expect((await api.admin('PATCH', `${PATH}/moving`, { body: again })).status).toBe(200);
    expect(await storedKey(made.id)).toBe('sk-another-secret-key');
  });

  it('guards against lost updates by the ETag', async () => {
    const { headers } = await create(openai('tagged'));
    const etag = headers.get('ETag') ?? '';
    expect((await api.admin('GET', `${PATH}/tagged`)).headers.get('ETag')).toBe(etag);
    const patch = (ifMatch: string) =>
      api.admin('PATCH', `${PATH}/tagged`, { body: { priority: 1 }, headers: { 'If-Match': ifMatch } });
    expect((await patch(`W/${etag}`)).body.code).toBe('stale');
    const changed = await patch(`"x", ${etag}`);
    expect(changed.status).toBe(200);
    expect(changed.headers.get('ETag')).not.toBe(etag);
    expect((await patch(etag)).body).toMatchObject({ status: 412, code: 'stale' });
    expect((await patch('*')).status).toBe(200);
    const stale = { headers: { 'If-Match': etag } };
    expect((await api.admin('DELETE', `${PATH}/tagged`, stale)).body.code).toBe('stale');
  });

  it('lets changes at the same moment all land, one after the other', async () => {
    const { body: made } = await create(openai('busy'));
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, priority) => api.admin('PATCH', `${PATH}/busy`, { body: { priority } })),
    );
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 200));
    const stored = await api.bed.store.providers.findById(made.id).lean();
    expect(stored?.revision).toBe(11);
    expect(await api.bed.store.audit.countDocuments({ 'target.id': made.id })).toBe(11);
  });

  it.each<[object, string]>([
    [{ configuration: null }, '/configuration'],
    [{ configuration: [] }, '/configuration'],
    [{ configuration: { model: '' } }, '/configuration/model'],
    [{ configuration: { price: { inputUsdPerMillion: 1 } } }, '/configuration/price/outputUsdPerMillion'],
    [{ configuration: { nonsense: 1 } }, '/configuration/nonsense'],
    [{ name: null }, '/name'],
    [{ name: 'status' }, '/name'],
    [{ type: null }, '/type'],
    [{ type: 'local', apiKey: null }, '/configuration/model'],
    [{ apiKey: '' }, '/apiKey'],
    [{ apiKey: 'short' }, '/apiKey'],
    [{ baseUrl: 'https://llm.example.com/v1/v1' }, '/baseUrl'],
    [{ id: 'prv_other' }, '/id'],
  ])('refuses the patch %j where it makes no provider, and changes nothing', async (patch, pointer) => {
    const name = 'unchanged';
    await create(openai(name));
    const before = await api.admin('GET', `${PATH}/${name}`);
    const reply = await api.admin('PATCH', `${PATH}/${name}`, { body: patch });
    expect(reply.body).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(reply.body.errors.map((fault: { pointer: string }) => fault.pointer)).toContain(pointer);
    const after = await api.admin('GET', `${PATH}/${name}`);
    expect([after.body, after.headers.get('ETag')]).toEqual([before.body, before.headers.get('ETag')]);
  });

  it('sets back to its default what a patch gives null for, nested too', async () => {
    await create({
      ...openai('set-back'),
      enabled: false,
      priority: 7,
      rateLimit: 60,
      baseUrl: 'https://llm.example.com',
      configuration: { model: 'm', weight: 3, price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
    });
    const patch = {
      enabled: null,
      priority: null,
      rateLimit: null,
      configuration: { weight: null, price: null },
    };
    const { status, body } = await api.admin('PATCH', `${PATH}/set-back`, { body: patch });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      enabled: true,
      priority: 50,
      rateLimit: null,
      configuration: { model: 'm', weight: 1, price: null },
    });
  });

  it.each(['[]', 'null', '"x"', '1'])('takes no patch that is %s', async (raw) => {
    const { body } = await api.admin('PATCH', `${PATH}/local`, { raw });
    expect(body).toMatchObject({ status: 422, code: 'validation_failed', errors: [{ pointer: '' }] });
  });

  it('lets `local` be written with nothing of its own, and patched', async () => {
    const put = await api.admin('PUT', `${PATH}/local`, { body: { name: 'local', type: 'local' } });
    expect(put.body).toMatchObject({
      priority: 50,
      configuration: { timeoutMs: 10_000, maxConcurrency: 16 },
    });
    const patch = { priority: 100, configuration: { maxConcurrency: 4 } };
    const patched = await api.admin('PATCH', `${PATH}/local`, { body: patch });
    expect(patched.body).toMatchObject({
      priority: 100,
      configuration: { timeoutMs: 10_000, maxConcurrency: 4 },
    });
  });

  it('makes its tag from what is stored: it outlives checks and circuits, and changes with each change', async () => {
    const { body: made, headers } = await create(openai('steady'));
    const etag = headers.get('ETag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    await api.bed.store.providerHealth.create({ _id: made.id, status: 'down', checkedAt: new Date() });
    const record = { state: 'open', openUntil: Date.now() + 60_000 };
    await api.bed.redis.hset(toCircuitKey(api.bed.prefix, made.id), record);
    const read = await api.admin('GET', `${PATH}/steady`);
    expect(read.body.status).toMatchObject({ health: 'down', circuit: 'open' });
    expect(read.headers.get('ETag')).toBe(etag);
    const put = { body: { ...openai('steady'), priority: 3 }, headers: { 'If-Match': etag } };
    const written = await api.admin('PUT', `${PATH}/steady`, put);
    expect(written.status).toBe(200);
    expect(written.headers.get('ETag')).not.toBe(etag);
    expect((await api.admin('PUT', `${PATH}/steady`, put)).body).toMatchObject({
      status: 412,
      code: 'stale',
    });
  });

  it('refuses to take a taken name', async () => {
    await create(openai('here'));
    await create(openai('there'));
    const { body } = await api.admin('PATCH', `${PATH}/there`, { body: { name: 'HERE' } });
    expect(body.code).toBe('provider_name_taken');
  });
});

it('has told no key in all of these replies, nor to the audit log or Redis', async () => {
  const audit = await api.bed.store.audit.find().lean();
  const dumps = await Promise.all(
    (await api.bed.redis.keys(`${api.bed.prefix}:*`)).map((key) => api.bed.redis.dumpBuffer(key)),
  );
  expect(replies.length).toBeGreaterThan(30);
  const told = [...replies, JSON.stringify(audit), ...dumps.map(String)].filter((text) =>
    text.includes('secret-key'),
  );
  expect(told).toEqual([]);
});

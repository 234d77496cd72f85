import { toCircuitKey } from '@understudy/shared/fleet/keys';
import { createId } from '@understudy/shared/ids';
import { createLogger } from '@understudy/shared/runtime/logger';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { keepOutput } from '@understudy/shared/testing/keep-output';
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

describe('POST', () => {
  it('adds a provider with its defaults, its key encrypted and masked', async () => {
    const { status, body, headers } = await create(openai('first'));
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe(`${PATH}/${body.id}`);
    expect(body).toMatchObject({
      name: 'first',
      hasApiKey: true,
      apiKeyLast4: '1234',
      enabled: true,
      priority: 50,
      rateLimit: null,
      configuration: { timeoutMs: 10_000, maxConcurrency: 16, maxOutputTokens: 512 },
      status: { health: 'unknown', circuit: 'closed', cooldownUntil: null, flagged: null },
    });
    expect(await storedKey(body.id)).toBe(KEY);
    expect(JSON.stringify(await api.bed.store.providers.findById(body.id).lean())).not.toContain(
      'secret-key',
    );
    const audit = await api.bed.store.audit.findOne({ 'target.id': body.id }).lean();
    expect(audit).toMatchObject({ action: 'provider.created', actor: { name: 'bootstrap' }, before: null });
  });

  it('shows nothing of a short key', async () => {
    const { body } = await create({ ...openai('short'), apiKey: 'sk-12345678' });
    expect(body).toMatchObject({ hasApiKey: true, apiKeyLast4: null });
  });

  it.each([
    [{ ...openai('a'), apiKey: undefined }, '/apiKey'],
    [{ ...openai('a'), type: 'anthropic', apiKey: null }, '/apiKey'],
    [{ ...openai('a'), apiKey: 'short' }, '/apiKey'],
    [{ ...openai('a'), apiKey: 'sk-with a space' }, '/apiKey'],
    [openai('health'), '/name'],
    [openai('a b'), '/name'],
    [openai('..'), '/name'],
    [{ ...openai('a'), type: 'nonsense' }, '/type'],
    [{ ...openai('a'), configuration: {} }, '/configuration/model'],
    [{ ...openai('a'), configuration: { model: 'm', timeoutMs: 1 } }, '/configuration/timeoutMs'],
    [{ ...openai('a'), configuration: { model: 'm', nonsense: 1 } }, '/configuration/nonsense'],
    [{ ...compatible('a'), baseUrl: null }, '/baseUrl'],
    [{ ...compatible('a'), baseUrl: 'ftp://example.com' }, '/baseUrl'],
    [{ ...compatible('a'), baseUrl: 'https://u:p@example.com' }, '/baseUrl'],
    [{ ...compatible('a'), baseUrl: 'https://example.com/v1/v1' }, '/baseUrl'],
    [{ name: 'a', type: 'local', apiKey: KEY }, '/apiKey'],
    [{ ...openai('a'), id: 'prv_1' }, '/id'],
  ])('refuses %#', async (body, pointer) => {
    const reply = await create(body);
    expect(reply.body).toMatchObject({ status: 422, code: 'validation_failed' });
    expect(reply.body.errors[0].pointer).toBe(pointer);
  });

  it('refuses a taken name in any case, also of two at once', async () => {
    const statuses = await Promise.all(
      ['Twin', 'TWIN', 'twin'].map(async (name) => (await create(openai(name))).status),
    );
    expect(statuses.toSorted()).toEqual([201, 409, 409]);
    expect((await create(openai('tWin'))).body.code).toBe('provider_name_taken');
  });
});

describe('reading and removing', () => {
  it('finds by id or name, with the fleet’s live status', async () => {
    const { body: made } = await create(openai('Live'));
    const until = Date.now() + 60_000;
    const record = { state: 'open', openUntil: until, coolUntil: until };
    await api.bed.redis.hset(toCircuitKey(api.bed.prefix, made.id), record);
    await api.bed.store.providerHealth.create({ _id: made.id, status: 'down', checkedAt: new Date() });
    const status = { health: 'down', circuit: 'open', cooldownUntil: new Date(until).toISOString() };
    expect((await api.admin('GET', `${PATH}/${made.id}`)).body.status).toMatchObject(status);
    expect((await api.admin('GET', `${PATH}/live`)).body.status).toMatchObject(status);
    expect((await api.admin('GET', `${PATH}/nobody`)).body.code).toBe('provider_not_found');
  });

  it('removes the key with the provider, frees its name, and keeps its usage readable by id', async () => {
    const { body: made } = await create(openai('leaving'));
    const versions = await api.bed.store.versions.findById('versions').lean();
    expect((await api.admin('DELETE', `${PATH}/leaving`)).status).toBe(204);
    const after = await api.bed.store.versions.findById('versions').lean();
    expect(after?.providers).toBe((versions?.providers ?? 0) + 1);
    expect((await api.bed.store.providers.findById(made.id).lean())?.apiKey).toBeNull();
    expect((await api.admin('GET', `${PATH}/${made.id}`)).status).toBe(404);
    expect((await api.admin('DELETE', `${PATH}/${made.id}`)).status).toBe(404);
    expect((await api.admin('GET', `${PATH}/${made.id}/usage`)).status).toBe(200);
    expect((await api.admin('GET', PATH)).text).not.toContain(made.id);
    expect((await create(openai('leaving'))).status).toBe(201);
  });

  it('keeps the health and usage of a removed one by id, while its name stands for the next', async () => {
    const { body: gone } = await create(openai('heir'));
    const at = new Date();
    const check = { _id: createId('chk'), providerId: gone.id, at, deep: false };
    await api.bed.store.healthChecks.create({ ...check, found: 'down', status: 'down' });
    expect((await api.admin('DELETE', `${PATH}/HEIR`)).status).toBe(204);
    expect((await api.admin('GET', `${PATH}/heir/health`)).body.code).toBe('provider_not_found');
    expect((await api.admin('GET', `${PATH}/heir/usage`)).body.code).toBe('provider_not_found');
    const { body: next } = await create(openai('Heir'));
    expect(next.id).not.toBe(gone.id);
    const historyOf = async (id: string) => (await api.admin('GET', `${PATH}/${id}/health`)).body.history;
    expect(await historyOf(gone.id)).toMatchObject([{ at: at.toISOString(), status: 'down' }]);
    expect(await historyOf('heir')).toEqual([]);
    expect((await api.admin('GET', `${PATH}/${gone.id}/usage`)).body.totals.requestCount).toBe(0);
    for (const path of ['', '/test', '/reset']) {
      const method = path === '' ? 'GET' : 'POST';
      expect((await api.admin(method, `${PATH}/${gone.id}${path}`)).body.code).toBe('provider_not_found');
    }
  });

  it('needs the right scope', async () => {
    const reader = await api.as({ scopes: ['providers:read'] });
    const jobs = await api.as({ scopes: ['jobs:write'] });
    expect((await reader('GET', PATH)).status).toBe(200);
    const refused = await reader('POST', PATH, { body: openai('x') });
    expect(refused.body).toMatchObject({ status: 403, code: 'forbidden' });
    expect(refused.body.detail).toContain('providers:write');
    expect((await jobs('GET', PATH)).status).toBe(403);
  });

  it('pages through all of them', async () => {
    const seen: string[] = [];
    let path: string | null = `${PATH}?limit=3`;
    while (path !== null) {
      const { body } = await api.admin('GET', path);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      path = body.nextCursor && `${PATH}?limit=3&cursor=${body.nextCursor}`;
    }
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    expect(seen).toHaveLength(await api.bed.store.providers.countDocuments({ deletedAt: null }));
  });
});

describe('offers', () => {
  it('offers what the environment has a key for, adds it when asked to, and then offers it no more', async () => {
    const offering = await startTestApi({ config: { OPENAI_API_KEY: KEY } });
    try {
      const { admin, bed } = offering;
      expect((await admin('GET', PATH)).body.data).toHaveLength(1);
      const { body } = await admin('GET', `${PATH}/offers`);
      expect(body.data).toMatchObject([{ type: 'openai', name: 'openai' }]);
      const added = await admin('POST', `${PATH}/offers/openai`);
      expect(added.body).toMatchObject({
        name: 'openai',
        hasApiKey: true,
        configuration: { model: body.data[0].model },
      });
      const stored = await bed.store.providers.findById(added.body.id).lean();
      const key =
        stored?.apiKey && createKeyRing(bed.masterKeys).decrypt(stored.apiKey, toApiKeyPlace(added.body.id));
      expect(key).toBe(KEY);
      expect((await admin('GET', `${PATH}/offers`)).body.data).toEqual([]);
      for (const type of ['openai', 'anthropic', 'local', 'nonsense'])
        expect((await admin('POST', `${PATH}/offers/${type}`)).status).toBe(404);
    } finally {
      await offering.close();
    }
  });

  it.each([
    ['with a space in it', 'sk-key-with a space'],
    ['of seven characters', 'sk-4711'],
    ['of more than ASCII', 'sk-schlüssel-für-alle'],
    ['without end', 'x'.repeat(1_001)],
  ])('offers nothing for a key %s, and says so at the start and to whoever asks for it', async (_, key) => {
    const { output: destination, read: readLog } = keepOutput();
    const logger = createLogger({ role: 'api', level: 'warn', destination });
    const offering = await startTestApi({ config: { OPENAI_API_KEY: key, ANTHROPIC_API_KEY: '' }, logger });
    try {
      const { admin, bed } = offering;
      expect((await admin('GET', `${PATH}/offers`)).body.data).toEqual([]);
      const refused = await admin('POST', `${PATH}/offers/openai`);
      expect(refused).toMatchObject({
        status: 422,
        body: { code: 'validation_failed', errors: [{ pointer: '/apiKey', code: 'unusable' }] },
      });
      expect(refused.body.errors[0].detail).toContain('OPENAI_API_KEY');
      expect(await bed.store.providers.countDocuments({ type: 'openai' })).toBe(0);
      expect((await admin('POST', `${PATH}/offers/anthropic`)).status).toBe(404);
      expect(readLog().match(/OPENAI_API_KEY/g)).toHaveLength(1);
      expect(readLog() + refused.text).not.toContain(key);
      await admin('POST', PATH, { body: openai('own') });
      expect((await admin('POST', `${PATH}/offers/openai`)).status).toBe(404);
    } finally {
      await offering.close();
    }
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

import { createClient } from '@understudy/shared/client/client';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { finishInteractive, startInteractive } from '@understudy/shared/store/interactive/interactive';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { eventually } from '@understudy/shared/testing/eventually';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ config: { UNDERSTUDY_PRIVATE_HOSTS: [] } });
});
afterAll(() => api.close());
beforeEach(async () => {
  await api.bed.store.interactive.deleteMany({});
  await api.context.producer.queues.interactive.obliterate({ force: true });
});

const KEY = 'sk-very-secret-key-1234';
const PATH = '/api/providers/test';
const body = {
  name: 'fresh',
  type: 'openai' as const,
  apiKey: KEY,
  configuration: { model: 'gpt-4.1-mini' },
};
const RESULT = {
  ok: true,
  latencyMs: 12,
  models: ['gpt-4.1-mini'],
  sample: { label: 'praise', confidence: 1 },
  fault: null,
  message: null,
  costUsd: 0.00001,
  pricing: 'priced' as const,
};

/** What a worker would find, which then finds `RESULT`. */
async function work() {
  const { producer } = api.context;
  const job = await eventually(async () => (await producer.queues.interactive.getWaiting())[0] ?? false);
  const { requestId } = job.data as { requestId: string };
  const request = await startInteractive(api.bed.store, requestId);
  await finishInteractive(api.bed.store, requestId, RESULT);
  return { job, request };
}
const countProviders = () => api.bed.store.providers.countDocuments();

it('has a worker test what is not saved, with its key enveloped in the ledger and nothing of it in Redis', async () => {
  const before = await countProviders();
  const testing = createClient({ baseUrl: api.url, token: api.adminToken }).providers.testUnsaved(body);
  const { job, request } = await work();
  expect(await testing).toEqual(RESULT);
  expect(job.data).toEqual({ requestId: request?._id });
  const { draft } = request?.input ?? {};
  expect(draft).toMatchObject({ name: 'fresh', type: 'openai', configuration: { model: 'gpt-4.1-mini' } });
  expect(JSON.stringify(request)).not.toContain('very-secret');
  const keyRing = createKeyRing(api.bed.masterKeys);
  expect(keyRing.decrypt(draft!.apiKey!, toApiKeyPlace(draft!._id))).toBe(KEY);
  expect(request!.expiresAt.getTime() - request!.createdAt.getTime()).toBe(60_000);
  expect(await countProviders()).toBe(before);
  const { input } = (await api.bed.store.interactive.findById(request!._id).lean())!;
  expect(input).not.toHaveProperty('draft');
});

it('does not mind a name that is taken, and takes no stored key along', async () => {
  await api.admin('POST', '/api/providers', { body: { ...body, name: 'taken' } });
  const compatible = { name: 'taken', type: 'openai-compatible', configuration: { model: 'm' } };
  const testing = api.admin('POST', PATH, {
    body: { ...compatible, baseUrl: 'https://elsewhere.example.com/v1' },
  });
  const { request } = await work();
  expect((await testing).status).toBe(200);
  expect(request?.input.draft?.apiKey).toBeNull();
});

it.each([
  ['no key where the type needs one', { apiKey: undefined }, '/apiKey'],
  ['an unknown field', { surprise: 1 }, '/surprise'],
  ['no model', { configuration: {} }, '/configuration/model'],
  ['a bad address', { baseUrl: 'ftp://x' }, '/baseUrl'],
  ['/v1 twice', { baseUrl: 'https://x.example.com/v1/v1' }, '/baseUrl'],
  ['a private address', { baseUrl: 'http://169.254.169.254/v1' }, '/baseUrl'],
  ['a name that resolves to one', { baseUrl: 'http://localhost/v1' }, '/baseUrl'],
])('refuses %s as a POST does, and asks no worker', async (_what, change, pointer) => {
  const refused = await api.admin('POST', PATH, { body: { ...body, ...change } });
  expect(refused).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } });
  expect(refused.text).not.toContain('very-secret');
  expect(await api.bed.store.interactive.countDocuments()).toBe(0);
});

it('needs the scope to write providers', async () => {
  const reader = await api.as({ scopes: ['providers:read'] });
  expect((await reader('POST', PATH, { body })).status).toBe(403);
});

it('says that no worker is there, and leaves nothing for one that comes later', async () => {
  const { status, body: problem } = await api.admin('POST', PATH, { body });
  expect({ status, code: problem.code }).toEqual({ status: 503, code: 'no_worker' });
  expect(await api.bed.store.interactive.countDocuments()).toBe(0);
});

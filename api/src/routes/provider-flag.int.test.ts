import { clearProviderFlag, flagProvider } from '@understudy/shared/store/providers/flag-provider';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const PATH = '/api/providers';
let made = 0;

/** A provider, and a call of it that begins now and is told later that its key is not good. */
async function setup() {
  const { store } = api.bed;
  const name = `flagged-${(made += 1)}`;
  const settings = { type: 'openai-compatible', baseUrl: 'http://127.0.0.1:2/v1', apiKey: 'sk-first-key' };
  const { body } = await api.admin('POST', PATH, {
    body: { ...settings, name, configuration: { model: 'm' } },
  });
  const read = async () => (await store.providers.findById(body.id).lean<ProviderDocument>())!;
  const known = await read();
  const fail = () => flagProvider(store, known, { reason: 'unauthenticated', message: 'no' });
  return { path: `${PATH}/${name}`, read, fail };
}

it.each([
  ['a priority', { priority: 3 }],
  ['a rate limit', { rateLimit: 7 }],
  ['a price', { configuration: { price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } }],
  ['the same address in other words', { baseUrl: 'http://127.0.0.1:2/v1/' }],
])('is flagged by a call that began before it got %s', async (_, change) => {
  const { path, read, fail } = await setup();
  expect((await api.admin('PATCH', path, { body: change })).status).toBe(200);
  expect(await fail()).toBe(true);
  expect(await fail()).toBe(false);
  expect((await read()).flagged).toMatchObject({ reason: 'unauthenticated' });
});

it.each([
  ['another key', { apiKey: 'sk-second-key' }],
  ['no key', { apiKey: null }],
  ['another address', { baseUrl: 'http://127.0.0.1:2/v1', apiKey: 'sk-first-key' }],
  ['another type', { type: 'openai', baseUrl: null, apiKey: 'sk-first-key' }],
  ['another model', { configuration: { model: 'n' } }],
])('is not flagged by a call that began before it got %s', async (_, change) => {
  const { path, read, fail } = await setup();
  expect((await api.admin('PATCH', path, { body: change })).status).toBe(200);
  expect(await fail()).toBe(false);
  expect((await read()).flagged).toBeNull();
});

it('is not flagged by a call that began before it was reset, found well, or deleted', async () => {
  const reset = await setup();
  expect((await api.admin('POST', `${reset.path}/reset`)).status).toBe(200);
  expect(await reset.fail()).toBe(false);

  const well = await setup();
  expect(await well.fail()).toBe(true);
  expect(await clearProviderFlag(api.bed.store, await well.read())).toBe(true);
  expect(await well.fail()).toBe(false);

  const deleted = await setup();
  expect((await api.admin('DELETE', deleted.path)).status).toBe(204);
  expect(await deleted.fail()).toBe(false);
});

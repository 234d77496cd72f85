import { randomBytes } from 'node:crypto';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { writeKeyHolder } from '@understudy/shared/store/key-holders/write-key-holder';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { resealSecrets } from '@understudy/shared/store/secrets/reseal-secrets';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());
beforeEach(async () => void (await api.bed.store.keyHolders.deleteMany({ role: 'worker' })));

const PATH = '/api/providers';
const MESSAGE = 'Master key 9 is not in UNDERSTUDY_MASTER_KEYS.';
const toBody = (name: string) => ({
  name,
  type: 'openai',
  apiKey: 'sk-very-secret-key-1234',
  configuration: { model: 'gpt-4.1-mini' },
});

/** A provider whose key was sealed with a master key that is gone, as one worker tells it. */
async function addLocked(name: string) {
  const { store } = api.bed;
  const { body } = await api.admin('POST', PATH, { body: toBody(name) });
  const sealed = createKeyRing([{ version: 9, key: randomBytes(32) }]);
  const apiKey = sealed.encrypt('sk-very-secret-key-1234', toApiKeyPlace(body.id));
  await store.providers.updateOne({ _id: body.id }, { apiKey });
  const locked = [{ providerId: body.id as string, wrappedKey: apiKey.wrappedKey, message: MESSAGE }];
  await writeKeyHolder(store, { _id: 'w1', role: 'worker', keys: [{ version: 1, check: 'aa' }], locked });
  return body.id as string;
}
const readHealth = async (id: string) =>
  (await api.admin('GET', `${PATH}/health`)).body.data.find(
    (row: { provider: { id: string } }) => row.provider.id === id,
  );

it('flags a provider whose key a worker cannot open, and says why, while all others go on', async () => {
  const id = await addLocked('locked');
  await api.admin('POST', PATH, { body: toBody('open') });
  const { body: list } = await api.admin('GET', PATH);
  const flags = list.data.map((row: { name: string; status: { flagged: string } }) => [
    row.name,
    row.status.flagged,
  ]);
  expect(Object.fromEntries(flags)).toEqual({ locked: 'unauthenticated', open: null, local: null });
  expect((await readHealth(id)).errorMessage).toBe(`Its API key cannot be opened. ${MESSAGE}`);
  expect((await api.admin('GET', `${PATH}/locked/health`)).body.errorMessage).toContain(MESSAGE);
});

it('can be changed all the same, stays flagged, and is mended at once by a new key', async () => {
  const id = await addLocked('mended');
  const renamed = await api.admin('PATCH', `${PATH}/mended`, { body: { priority: 7 } });
  expect(renamed).toMatchObject({
    status: 200,
    body: { priority: 7, hasApiKey: true, status: { flagged: 'unauthenticated' } },
  });
  const body = { ...toBody('mended'), apiKey: 'sk-given-anew-5678' };
  const mended = await api.admin('PUT', `${PATH}/mended`, { body });
  expect(mended.body).toMatchObject({ apiKeyLast4: '5678', status: { flagged: null } });
  expect((await readHealth(id)).errorMessage).toBeNull();
});

it('can be deleted', async () => {
  await addLocked('removed');
  expect((await api.admin('DELETE', `${PATH}/removed`)).status).toBe(204);
});

it('takes a form that was open while the master keys were rotated', async () => {
  await api.admin('POST', PATH, { body: toBody('open-form') });
  const { headers } = await api.admin('GET', `${PATH}/open-form`);
  const two = { version: 2, key: randomBytes(32) };
  await resealSecrets(api.bed.store, createKeyRing([two, ...api.bed.masterKeys]));
  const changed = await api.admin('PATCH', `${PATH}/open-form`, {
    body: { priority: 3 },
    headers: { 'If-Match': headers.get('ETag') ?? '' },
  });
  expect(changed).toMatchObject({ status: 200, body: { priority: 3, hasApiKey: true } });
});

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createProviderPool } from './create-provider-pool.ts';
import type { ProviderConnection } from './llm/adapter.ts';
import { buildProvider } from './testing/build-provider.ts';
import { answer, createFakeProvider, gate, type FakeProvider } from './testing/fake-adapter.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => void (await bed.store.providers.deleteMany({})));
afterAll(() => bed.close());

function setup() {
  const keyRing = createKeyRing(bed.masterKeys);
  const made: { connection: ProviderConnection; fake: FakeProvider }[] = [];
  const pool = createProviderPool({
    store: bed.store,
    keyRing,
    createAdapter(connection) {
      const fake = createFakeProvider();
      made.push({ connection, fake });
      return fake.createAdapter('fake-model');
    },
    adapterDeps: { fetch },
    logger: bed.logger,
  });
  return { keyRing, made, pool };
}
const request = {
  text: 'x',
  labelSet: {
    labels: [{ name: 'a', description: null, examples: [] }],
    multiLabel: false,
    threshold: null,
    instructions: null,
    cacheKey: null,
  },
  explain: false,
  repair: null,
};

it('lists those not deleted, in order, and holds the key in the adapter only', async () => {
  const { pool, keyRing, made } = setup();
  const kept = buildProvider({ name: 'kept', priority: 2 });
  kept.apiKey = keyRing.encrypt('sk-secret', toApiKeyPlace(kept._id));
  await bed.store.providers.create([
    kept,
    buildProvider({ name: 'first', priority: 1 }),
    buildProvider({ name: 'gone', deletedAt: new Date(), nameKey: null }),
  ]);
  await pool.reload();
  expect(pool.list().map(({ reference }) => reference.name)).toEqual(['first', 'kept']);
  expect(made.map(({ connection }) => connection.apiKey)).toEqual([null, 'sk-secret']);
  expect(pool.get(kept._id)?.provider).not.toHaveProperty('apiKey');
});

it('keeps an adapter whose connection did not change', async () => {
  const { pool, made } = setup();
  const provider = buildProvider();
  await bed.store.providers.create(provider);
  await pool.reload();
  await bed.store.providers.updateOne({ _id: provider._id }, { priority: 7, revision: 2 });
  await pool.reload();
  expect(made).toHaveLength(1);
  expect(pool.list()[0]?.provider).toMatchObject({ priority: 7, revision: 2 });
});

it('closes a replaced adapter when the last of its calls is over', async () => {
  const { pool, made } = setup();
  const provider = buildProvider();
  await bed.store.providers.create(provider);
  await pool.reload();
  const { open, behind } = gate();
  made[0]?.fake.will(behind(answer()));
  const running = pool.list()[0]?.adapter.classify(request, new AbortController().signal);
  await bed.store.providers.updateOne({ _id: provider._id }, { baseUrl: 'http://elsewhere.invalid/v1' });
  await pool.reload();
  expect(made.map(({ fake }) => fake.closed)).toEqual([0, 0]);
  open();
  expect(await running).toMatchObject({ ok: true });
  expect(made.map(({ fake }) => fake.closed)).toEqual([1, 0]);
  await pool.close();
  expect(made.map(({ fake }) => fake.closed)).toEqual([1, 1]);
});

it('holds back a provider whose key does not open, and says so, without touching the store', async () => {
  const { pool, made } = setup();
  const apiKey = { keyVersion: 9, wrappedKey: 'x', ciphertext: 'x' };
  await bed.store.providers.create([
    buildProvider({ name: 'locked', apiKey }),
    buildProvider({ name: 'open' }),
  ]);
  await pool.reload();
  await pool.reload();
  const [locked, open] = pool.list();
  expect(locked?.provider.flagged).toMatchObject({ message: expect.stringContaining('Master key 9') });
  expect(open?.provider.flagged).toBeNull();
  expect(made).toHaveLength(1);
  expect(await bed.store.providers.countDocuments({ flagged: { $ne: null } })).toBe(0);
});

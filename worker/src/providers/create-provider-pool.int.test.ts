import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createKeyRing, type Envelope } from '@understudy/shared/secrets/key-ring';
import { resealSecrets } from '@understudy/shared/store/secrets/reseal-secrets';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createProviderPool } from './create-provider-pool.ts';
import type { ProviderConnection } from '../llm/adapter.ts';
import { createAdapter } from '../llm/registry.ts';
import { requestOf } from '../llm/testing/sample-request.ts';
import { buildProvider, type ProviderOverrides } from '../testing/build-provider.ts';
import { answer, createFakeProvider, gate, type FakeProvider } from '../testing/fake-adapter.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => void (await bed.store.providers.deleteMany({})));
afterAll(() => bed.close());

function setup(keyRing = createKeyRing(bed.masterKeys)) {
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
const request = requestOf();

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

it.each<[string, ProviderOverrides, Record<string, unknown>]>([
  ['a vendor', {}, { name: 'renamed', priority: 7, 'configuration.weight': 2, 'configuration.price': null }],
  ['local', { type: 'local' }, { 'configuration.timeoutMs': 5_000, 'configuration.maxConcurrency': 1 }],
])('keeps an adapter through changes of what it is not made from: %s', async (_, overrides, changes) => {
  const { pool, made } = setup();
  const provider = buildProvider(overrides);
  await bed.store.providers.create(provider);
  await pool.reload();
  await bed.store.providers.updateOne({ _id: provider._id }, { ...changes, revision: 2 });
  await pool.reload();
  expect(made.map(({ fake }) => fake.closed)).toEqual([0]);
  expect(pool.list()).toMatchObject([{ provider: { revision: 2 } }]);
});

it.each([
  ['model', { 'configuration.model': 'another-model' }],
  ['bound of its answers', { 'configuration.maxOutputTokens': 64 }],
  ['type', { type: 'openai' }],
])('makes a new adapter where it is made from something else: its %s', async (_, changes) => {
  const { pool, made } = setup();
  const provider = buildProvider();
  await bed.store.providers.create(provider);
  await pool.reload();
  await bed.store.providers.updateOne({ _id: provider._id }, changes);
  await pool.reload();
  expect(made.map(({ fake }) => fake.closed)).toEqual([1, 0]);
});

it('has `local` answer whoever was about to ask it when its settings changed', async () => {
  const { keyRing } = setup();
  const { store, logger } = bed;
  const pool = createProviderPool({ store, keyRing, createAdapter, adapterDeps: { fetch }, logger });
  const provider = buildProvider({ type: 'local' });
  await store.providers.create(provider);
  await pool.reload();
  const [picked] = pool.list();
  await store.providers.updateOne({ _id: provider._id }, { 'configuration.maxConcurrency': 1 });
  await pool.reload();
  expect(await picked?.adapter.classify(request, new AbortController().signal)).toMatchObject({ ok: true });
  await pool.close();
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
  expect(locked?.provider.flagged).toMatchObject({
    reason: 'unauthenticated',
    message: expect.stringContaining('Master key 9 is not in UNDERSTUDY_MASTER_KEYS'),
  });
  expect(pool.locked()).toEqual([
    { providerId: locked?.provider._id, wrappedKey: 'x', message: expect.stringContaining('Master key 9') },
  ]);
  expect(open?.provider.flagged).toBeNull();
  expect(made).toHaveLength(1);
  expect(await bed.store.providers.countDocuments({ flagged: { $ne: null } })).toBe(0);
  expect(pool.canUseAll()).toBe(false);
  await bed.store.providers.updateOne({ name: 'locked' }, { enabled: false });
  await pool.reload();
  expect(pool.canUseAll()).toBe(true);
});

it('keeps adapter and calls where only the envelope of the key is new', async () => {
  const two = { version: 2, key: randomBytes(32) };
  const { pool, made } = setup(createKeyRing([two, ...bed.masterKeys]));
  const provider = buildProvider();
  const place = toApiKeyPlace(provider._id);
  const onOne = createKeyRing(bed.masterKeys);
  await bed.store.providers.create({ ...provider, apiKey: onOne.encrypt('sk-secret', place) });
  await pool.reload();
  const { open, behind } = gate();
  made[0]?.fake.will(behind(answer()));
  const running = pool.list()[0]?.adapter.classify(request, new AbortController().signal);
  await resealSecrets(bed.store, createKeyRing([two, ...bed.masterKeys]));
  await pool.reload();
  expect(made).toHaveLength(1);
  expect(made[0]?.fake.closed).toBe(0);
  open();
  expect(await running).toMatchObject({ ok: true });
  const apiKey = onOne.encrypt('sk-another', place);
  await bed.store.providers.updateOne({ _id: provider._id }, { apiKey });
  await pool.reload();
  expect(made.map(({ connection }) => connection.apiKey)).toEqual(['sk-secret', 'sk-another']);
});

it.each([
  ['another master key under its version', () => createKeyRing([{ version: 1, key: randomBytes(32) }]), {}],
  ['a record that was altered', () => createKeyRing(bed.masterKeys), { ciphertext: 'AAAA' }],
  ['a record that is none', () => createKeyRing(bed.masterKeys), { wrappedKey: null }],
] as const)('holds a provider back for %s, and lets a new key mend it', async (_what, createRing, damage) => {
  const keyRing = createRing();
  const { pool } = setup(keyRing);
  const provider = buildProvider();
  const place = toApiKeyPlace(provider._id);
  const sealed = createKeyRing(bed.masterKeys).encrypt('sk-secret', place);
  await bed.store.providers.create([
    { ...provider, priority: 1, apiKey: { ...sealed, ...damage } as Envelope },
    buildProvider({ name: 'open', priority: 2 }),
  ]);
  await pool.reload();
  expect(pool.list().map(({ provider: { flagged } }) => flagged?.reason ?? null)).toEqual([
    'unauthenticated',
    null,
  ]);
  const apiKey = keyRing.encrypt('sk-given-anew', place);
  await bed.store.providers.updateOne({ _id: provider._id }, { apiKey });
  await pool.reload();
  expect(pool.get(provider._id)?.provider.flagged).toBeNull();
  expect(pool.locked()).toEqual([]);
});

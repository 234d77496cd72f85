import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createKeyRing, type KeyRing } from '../../secrets/key-ring.ts';
import { createSigningSecret, openSecrets } from '../../secrets/webhook-secret.ts';
import { buildBatch, buildProvider } from '../../testing/builders.ts';
import { profileQueries } from '../../testing/profile-queries.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { toClientSecretPlace, type ClientDocument } from '../clients/model.ts';
import { toApiKeyPlace, type ProviderDocument } from '../providers/model.ts';
import { replaceProvider } from '../providers/write-provider.ts';
import { inTransaction } from '../transaction.ts';
import { readVersions } from '../versions/versions.ts';
import { toWebhookSecretPlace, type WebhookDocument } from '../webhooks/model.ts';
import { readKeyUsage } from './read-key-usage.ts';
import { resealSecrets } from './reseal-secrets.ts';
import { SEALED_KINDS } from './sealed-records.ts';

const [one, two, lost] = [1, 2, 9].map((version) => ({ version, key: randomBytes(32) })) as [Key, Key, Key];
type Key = { version: number; key: Buffer };
const [onOne, onBoth, onTwo] = [createKeyRing([one]), createKeyRing([two, one]), createKeyRing([two])];
const now = new Date();

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  const { store } = bed;
  await store.providers.deleteMany({});
  await store.webhooks.deleteMany({});
  await store.clients.deleteMany({});
  await store.audit.deleteMany({});
  await store.idempotencyKeys.deleteMany({});
  await store.batches.deleteMany({});
});

async function addProvider(keyRing: KeyRing, name: string, apiKey = `sk-secret-of-${name}`) {
  const _id = `prv_${name}`;
  const provider = buildProvider({
    _id,
    name,
    apiKey: keyRing.encrypt(apiKey, toApiKeyPlace(_id)),
    revision: 3,
    createdAt: now,
    updatedAt: now,
  });
  await bed.store.providers.create(provider);
  return provider;
}
async function addWebhook(keyRings: KeyRing[]) {
  const _id = 'whk_1';
  const made = keyRings.map((keyRing) => createSigningSecret(keyRing, toWebhookSecretPlace(_id), now));
  const webhook: WebhookDocument = {
    _id,
    client: 'default',
    url: 'https://receiver.invalid/',
    events: ['classification.succeeded'],
    description: null,
    enabled: true,
    disabled: null,
    secrets: made.map(({ stored }) => stored),
    revision: 3,
    createdAt: now,
    updatedAt: now,
  };
  await bed.store.webhooks.create(webhook);
  return made.map(({ secret }) => secret);
}
async function addClient(keyRing: KeyRing) {
  const { secret, stored } = createSigningSecret(keyRing, toClientSecretPlace('cli_1'), now);
  await bed.store.clients.create({ _id: 'cli_1', name: 'shop', secrets: [stored], createdAt: now });
  return secret;
}
const readProvider = async (id: string) => (await bed.store.providers.findById(id).lean<ProviderDocument>())!;
const openKey = async (keyRing: KeyRing, id: string) =>
  keyRing.decrypt((await readProvider(id)).apiKey!, toApiKeyPlace(id));

it('seals every kind of secret with the first key, so that the old one can go', async () => {
  await addProvider(onOne, 'main');
  await addProvider(onBoth, 'spare');
  const webhookSecrets = await addWebhook([onBoth, onOne]);
  const clientSecret = await addClient(onOne);
  const { providers: before } = await readVersions(bed.store);

  expect(await resealSecrets(bed.store, onBoth)).toEqual([
    { kind: 'provider keys', count: 1, fromVersions: { 1: 1 } },
    { kind: 'webhook secrets', count: 1, fromVersions: { 1: 1 } },
    { kind: 'client secrets', count: 1, fromVersions: { 1: 1 } },
  ]);

  expect(await openKey(onTwo, 'prv_main')).toBe('sk-secret-of-main');
  const webhook = (await bed.store.webhooks.findById('whk_1').lean<WebhookDocument>())!;
  expect(openSecrets(onTwo, toWebhookSecretPlace('whk_1'), webhook.secrets, now)).toEqual(webhookSecrets);
  const client = (await bed.store.clients.findById('cli_1').lean<ClientDocument>())!;
  expect(openSecrets(onTwo, toClientSecretPlace('cli_1'), client.secrets, now)).toEqual([clientSecret]);
  expect((await readKeyUsage(bed.store, onTwo)).locked).toEqual([]);
  expect((await readVersions(bed.store)).providers).toBe(before + 1);
});

it('changes nothing that an operator or an open form would see', async () => {
  await addProvider(onOne, 'main');
  const { apiKey: _old, ...same } = await readProvider('prv_main');
  await resealSecrets(bed.store, onBoth);
  const { apiKey, ...rest } = await readProvider('prv_main');
  expect(rest).toEqual(same);
  expect(apiKey?.keyVersion).toBe(2);
});

it('is in the audit log with its counts and without a secret, once', async () => {
  await addProvider(onOne, 'main');
  await addProvider(onOne, 'spare');
  await resealSecrets(bed.store, onBoth);
  await resealSecrets(bed.store, onBoth);
  const rows = await bed.store.audit.find().lean();
  expect(rows).toMatchObject([
    {
      action: 'keys.rotated',
      actor: { tokenId: null, name: 'npx understudy keys rotate' },
      target: { kind: 'keys', id: '2', name: 'provider keys' },
      before: { count: 2, fromVersions: { 1: 2 } },
      after: { count: 2, version: 2 },
    },
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/sk-secret|wrappedKey/);
});

it('goes on where it was broken off', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await addProvider(name === 'c' ? onBoth : onOne, name);
  let left = 3;
  const dying: KeyRing = {
    ...onBoth,
    encrypt(...sealing) {
      left -= 1;
      if (left < 0) throw new Error('It died here.');
      return onBoth.encrypt(...sealing);
    },
  };
  const batchSize = 2;
  await expect(resealSecrets(bed.store, dying, { batchSize })).rejects.toThrow('It died here.');
  const versions = await bed.store.providers.find().sort({ _id: 1 }).lean();
  expect(versions.map(({ apiKey }) => apiKey?.keyVersion)).toEqual([2, 2, 2, 2, 1]);
  expect(await openKey(onTwo, 'prv_a')).toBe('sk-secret-of-a');
  expect((await resealSecrets(bed.store, onBoth, { batchSize }))[0]).toMatchObject({ count: 1 });
  expect((await readKeyUsage(bed.store, onTwo)).uses).toEqual([
    { kind: 'provider keys', version: 2, count: 5, until: null },
  ]);
  const rows = await bed.store.audit.find().sort({ _id: 1 }).lean();
  expect(rows.map(({ after }) => after)).toEqual([
    { count: 2, version: 2 },
    { count: 1, version: 2 },
    { count: 1, version: 2 },
  ]);
});

it('lets the change of an operator win', async () => {
  await addProvider(onOne, 'main');
  const [kind] = SEALED_KINDS;
  const [record] = await kind!.read(bed.store, { after: '', limit: 1 });
  const given = onOne.encrypt('sk-given-meanwhile', toApiKeyPlace('prv_main'));
  await bed.store.providers.updateOne({ _id: 'prv_main' }, { apiKey: given });
  expect(await kind!.replace(bed.store, record!, [onBoth.encrypt('sk-old', record!.place)])).toBe(false);
  expect(await openKey(onOne, 'prv_main')).toBe('sk-given-meanwhile');
});

it('does not put an operator back to the old envelope who wrote at the same moment', async () => {
  await addProvider(onOne, 'main');
  let tries = 0;
  await inTransaction(bed.store, async (session) => {
    tries += 1;
    const current = (await bed.store.providers
      .findById('prv_main')
      .session(session)
      .lean<ProviderDocument>())!;
    if (tries === 1) await resealSecrets(bed.store, onBoth);
    await replaceProvider(bed.store, { ...current, priority: 7, revision: current.revision + 1 }, session);
  });
  expect(tries).toBe(2);
  expect(await readProvider('prv_main')).toMatchObject({
    priority: 7,
    revision: 4,
    apiKey: { keyVersion: 2 },
  });
});

it('leaves alone what does not open, names it, and goes on with the rest', async () => {
  await addProvider(createKeyRing([lost]), 'away');
  await addProvider(onOne, 'main');
  await bed.store.providers.updateOne({ _id: 'prv_main' }, { apiKey: { damaged: true } });
  await addProvider(onOne, 'spare');
  expect((await resealSecrets(bed.store, onBoth))[0]).toMatchObject({ count: 1 });
  const { locked, uses } = await readKeyUsage(bed.store, onBoth);
  expect(uses.map(({ version, count }) => [version, count])).toEqual([
    [9, 1],
    [2, 1],
  ]);
  expect(locked).toMatchObject([
    { kind: 'provider keys', name: 'away', message: expect.stringContaining('Master key 9 is not in') },
    { kind: 'provider keys', name: 'main', message: expect.stringContaining('damaged') },
  ]);
  expect(await openKey(createKeyRing([lost]), 'prv_away')).toBe('sk-secret-of-away');
});

const toMark = (index: number, keyVersion: number, createdAt: Date) => ({
  _id: `default\n${index}`,
  jobId: `job_${index}`,
  bodyHmac: 'ff',
  keyVersion,
  createdAt,
});

it('tells until when a version is needed for repeated submits', async () => {
  const [earlier, later] = [new Date('2025-12-01T00:00:00Z'), new Date('2026-01-01T00:00:00Z')];
  const { idempotencyKeys } = bed.store;
  await idempotencyKeys.create([toMark(1, 1, later), toMark(2, 1, earlier), toMark(3, 2, earlier)]);
  expect((await readKeyUsage(bed.store, onBoth)).uses).toEqual([
    // 90 days after the end of the job, which ends within 7.
    { kind: 'idempotency keys', version: 1, count: null, until: new Date('2026-04-08T00:00:00Z') },
    { kind: 'idempotency keys', version: 2, count: null, until: new Date('2026-03-08T00:00:00Z') },
  ]);
});

it('reads the versions of however many repeated submits and batches by an index', async () => {
  const each = Array.from({ length: 100 }, (_, index) => index);
  const marks = each.map((index) => toMark(index, 1 + (index % 2), now));
  await bed.store.idempotencyKeys.create(marks);
  const batches = marks.map(({ keyVersion }, index) => buildBatch({ _id: `bat_${index}`, keyVersion }));
  await bed.store.batches.create([
    ...batches,
    ...each.map((index) => buildBatch({ _id: `bat_plain_${index}` })),
  ]);
  const profiled = await profileQueries(bed.store, async () => {
    const { uses } = await readKeyUsage(bed.store, onBoth);
    expect(uses.map(({ kind, version }) => `${kind} ${version}`)).toEqual([
      'idempotency keys 1',
      'idempotency keys 2',
      'batches 1',
      'batches 2',
    ]);
  });
  const costly = profiled.filter(({ plan, docsExamined }) => plan.includes('COLLSCAN') || docsExamined > 1);
  expect(costly).toEqual([]);
});

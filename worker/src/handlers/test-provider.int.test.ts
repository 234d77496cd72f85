import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { createLedger } from '@understudy/shared/store/ledger';
import { createInteractive, readInteractive } from '@understudy/shared/store/interactive/interactive';
import { toApiKeyPlace } from '@understudy/shared/store/providers/model';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import type { SettledAttempt } from '@understudy/shared/store/usage/bucket';
import { createAttemptRecorder } from '../dispatch/record.ts';
import type { ProviderConnection } from '../llm/adapter.ts';
import { buildProvider, type ProviderOverrides } from '../testing/build-provider.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createFakeProvider, fail, stayAway, toFault, type FakeProvider } from '../testing/fake-adapter.ts';
import { createTestProviderHandler } from './test-provider.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

async function setup(
  {
    isDraft = false,
    limitMs,
    ...overrides
  }: ProviderOverrides & { isDraft?: boolean; limitMs?: number } = {},
  fake: FakeProvider = createFakeProvider(),
) {
  const { store, redis, prefix, logger } = bed;
  const clock = createFakeClock();
  const counted: SettledAttempt[] = [];
  const charged: number[] = [];
  const connections: ProviderConnection[] = [];
  const usage = { add: (attempt: SettledAttempt) => counted.push(attempt) };
  const unbegun = { remember() {} };
  const handle = createTestProviderHandler({
    store,
    keyRing: createKeyRing(bed.masterKeys),
    createAdapter(connection) {
      connections.push(connection);
      return fake.createAdapter('fake-model');
    },
    adapterDeps: { fetch },
    recorder: createAttemptRecorder({ ledger: createLedger(store), usage, unbegun, clock, logger }),
    unbegun,
    admission: { charge: async (_, { costNanoUsd }) => void charged.push(costNanoUsd) },
    redis,
    prefix,
    clock,
    logger,
  });
  const provider = buildProvider({ name: `p${Math.random()}`, ...overrides });
  if (!isDraft) await store.providers.create(provider);
  const requestId = await createInteractive(store, {
    providerId: provider._id,
    ...(isDraft && { draft: provider }),
    ...(limitMs !== undefined && { limitMs }),
  });
  const run = async () => {
    await handle({ requestId });
    return (await readInteractive(store, requestId))?.result;
  };
  const readEvents = async () => {
    const entries = await redis.xrange(`${prefix}:events`, '-', '+');
    return entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as unknown);
  };
  return { fake, provider, requestId, readEvents, counted, charged, connections, clock, run };
}
const flag = { reason: 'quota' as const, at: new Date(), message: 'Empty.' };

it('lists the models, classifies a tiny text, and clears the flag', async () => {
  const { provider, run, readEvents, requestId, fake } = await setup({ flagged: flag });
  expect(await run()).toEqual({
    ok: true,
    latencyMs: 0,
    models: ['fake-model'],
    sample: { label: 'praise', confidence: 0.9 },
    fault: null,
    message: null,
    costUsd: 0.0002,
    pricing: 'priced',
  });
  expect(await bed.store.providers.findById(provider._id).lean()).toMatchObject({
    flagged: null,
    resetAt: expect.any(Date),
    revision: 1,
  });
  expect(await readEvents()).toEqual([{ type: 'interactive.finished', id: requestId }]);
  expect(fake.closed).toBe(1);
});

it('is on record as a test, with its cost', async () => {
  const { run, requestId, counted } = await setup();
  await run();
  const test = { purpose: 'test', outcome: 'succeeded', costNanoUsd: 200_000 };
  expect(await bed.store.attempts.findOne({ jobId: requestId }).lean()).toMatchObject(test);
  expect(counted).toMatchObject([{ jobId: requestId, ...test }]);
});

it('says what a refused key means and keeps the flag, without a paid call', async () => {
  const fake = createFakeProvider();
  const refusal = { status: 401, message: 'Bad key.' };
  fake.models = () => ({ ok: false, fault: toFault('unauthenticated', refusal) });
  fake.will(fail('unauthenticated', refusal));
  const { provider, run, charged } = await setup({ flagged: flag }, fake);
  expect(await run()).toMatchObject({
    ok: false,
    fault: 'unauthenticated',
    message: expect.stringMatching(/vendor\.invalid wants an API key.*Bad key\./),
  });
  expect(charged).toEqual([0]);
  expect((await bed.store.providers.findById(provider._id).lean())?.flagged).not.toBeNull();
});

it('names a key that does not open instead of failing', async () => {
  const apiKey = { keyVersion: 9, wrappedKey: 'x', ciphertext: 'x' };
  const { run } = await setup({ apiKey });
  expect(await run()).toMatchObject({
    ok: false,
    fault: 'unauthenticated',
    message: expect.stringContaining('The API key cannot be opened. Master key 9 is not in'),
  });
});

it('makes no call when its time was up before it began', async () => {
  const { run, fake, clock } = await setup();
  clock.advance(5_000);
  expect(await run()).toMatchObject({ ok: false, message: expect.stringContaining('time') });
  expect(fake.calls).toHaveLength(0);
});

it('runs a request once', async () => {
  const { run, fake } = await setup();
  await Promise.all([run(), run()]);
  expect(fake.calls).toHaveLength(1);
});

it('tests one that is not saved with the key that came along, and leaves nothing of it behind', async () => {
  const provider = buildProvider({ name: 'draft' });
  const apiKey = createKeyRing(bed.masterKeys).encrypt('sk-draft-key', toApiKeyPlace(provider._id));
  const { run, requestId, connections, counted, charged } = await setup({
    ...provider,
    configuration: {},
    apiKey,
    isDraft: true,
  });
  const attempts = await bed.store.attempts.countDocuments();
  expect(await run()).toMatchObject({ ok: true, costUsd: 0.0002, pricing: 'priced' });
  expect(connections).toMatchObject([{ id: provider._id, apiKey: 'sk-draft-key' }]);
  expect([counted, charged]).toEqual([[], []]);
  expect(await bed.store.attempts.countDocuments()).toBe(attempts);
  expect(await bed.store.providers.countDocuments({ _id: provider._id })).toBe(0);
  expect((await readInteractive(bed.store, requestId))?.input).toEqual({ providerId: provider._id });
});

it('ends when the time is up that whoever asked has left', async () => {
  const fake = createFakeProvider();
  fake.models = (signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ ok: false, fault: toFault('silent') }));
    });
  const { run } = await setup({ limitMs: 50 }, fake);
  expect(await run()).toMatchObject({ ok: false, fault: 'silent', models: null });
});

it('leaves a list of models behind that does not end when it must', async () => {
  const fake = createFakeProvider();
  fake.models = () => new Promise(() => {});
  const { run } = await setup({ limitMs: 50 }, fake);
  expect(await run()).toMatchObject({ ok: false, fault: 'silent' });
});

it('counts what a sample may cost that was cut', async () => {
  const fake = createFakeProvider();
  fake.will(stayAway);
  const { run } = await setup({ limitMs: 300 }, fake);
  expect(await run()).toMatchObject({
    ok: false,
    fault: 'silent',
    models: ['fake-model'],
    pricing: 'estimated',
  });
});

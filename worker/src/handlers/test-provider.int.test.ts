import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKeyRing } from '@understudy/shared/secrets/key-ring';
import { createLedger } from '@understudy/shared/store/ledger';
import { createInteractive, readInteractive } from '@understudy/shared/store/interactive/interactive';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createAttemptRecorder, type SettledAttempt } from '../dispatch/record.ts';
import { buildProvider, type ProviderOverrides } from '../testing/build-provider.ts';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createFakeProvider, fail, toFault, type FakeProvider } from '../testing/fake-adapter.ts';
import { createTestProviderHandler } from './test-provider.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

async function setup(overrides: ProviderOverrides = {}, fake: FakeProvider = createFakeProvider()) {
  const { store, redis, prefix, logger } = bed;
  const clock = createFakeClock();
  const counted: SettledAttempt[] = [];
  const charged: number[] = [];
  const usage = { add: (attempt: SettledAttempt) => counted.push(attempt) };
  const handle = createTestProviderHandler({
    store,
    keyRing: createKeyRing(bed.masterKeys),
    createAdapter: () => fake.createAdapter('fake-model'),
    adapterDeps: { fetch },
    recorder: createAttemptRecorder({ ledger: createLedger(store), usage, clock, logger }),
    admission: { charge: async (_, costNanoUsd) => void charged.push(costNanoUsd) },
    redis,
    prefix,
    clock,
    logger,
  });
  const provider = buildProvider({ name: `p${Math.random()}`, ...overrides });
  await store.providers.create(provider);
  const requestId = await createInteractive(store, { providerId: provider._id });
  const run = async () => {
    await handle({ requestId });
    return (await readInteractive(store, requestId))?.result;
  };
  const readEvents = async () => {
    const entries = await redis.xrange(`${prefix}:events`, '-', '+');
    return entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as unknown);
  };
  return { fake, provider, requestId, readEvents, counted, clock, run };
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
  fake.models = () => ({
    ok: false,
    fault: toFault('unauthenticated', { status: 401, message: 'Bad key.' }),
  });
  const { provider, run } = await setup({ flagged: flag }, fake);
  expect(await run()).toMatchObject({
    ok: false,
    fault: 'unauthenticated',
    message: expect.stringMatching(/API key was refused.*Bad key\./),
  });
  expect(fake.calls).toHaveLength(0);
  expect((await bed.store.providers.findById(provider._id).lean())?.flagged).not.toBeNull();
});

it.each([
  ['bad_request', { status: 404 }, /model fake-model is not there/],
  ['network', {}, /No connection to vendor\.invalid/],
  ['quota', {}, /no credit or quota/],
] as const)('tells an operator what %s means', async (kind, fault, message) => {
  const fake = createFakeProvider();
  fake.will(fail(kind, fault));
  const { run } = await setup({}, fake);
  expect(await run()).toMatchObject({ ok: false, fault: kind, message: expect.stringMatching(message) });
});

it('names a key that does not open instead of failing', async () => {
  const apiKey = { keyVersion: 9, wrappedKey: 'x', ciphertext: 'x' };
  const { run } = await setup({ apiKey });
  expect(await run()).toMatchObject({ ok: false, message: expect.stringContaining('Master key 9') });
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

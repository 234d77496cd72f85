import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { toCircuitKey } from '../../fleet/keys.ts';
import { REDIS_PREFIX } from '../../runtime/redis.ts';
import type { ProviderDocument } from '../../store/providers/model.ts';
import { countAttempts } from '../../store/usage/count-attempts.ts';
import { buildAttempt, buildAttemptEnd } from '../../testing/builders.ts';
import { createDoctorBed, toKeys, type DoctorBed } from '../../testing/doctor-bed.ts';
import { API_KEY, addLivingWorker, addSealedProvider } from '../../testing/sealed-provider.ts';

let bed: DoctorBed;
beforeAll(async () => {
  bed = await createDoctorBed();
});
beforeEach(() => bed.clear());
afterAll(() => bed.close());

const addProvider = (change: Partial<ProviderDocument> = {}) => addSealedProvider(bed, change);

const UNPRICED = { costNanoUsd: null, pricing: 'unpriced' } as const;
const otherKey = `1:${randomBytes(32).toString('base64')}`;
it.each([
  ['another key', otherKey, /^fail: Of the provider keys, that of main \(prv_main\) does not open\./],
  ['one that cannot be read', 'secret-but-wrong', /^fail: UNDERSTUDY_MASTER_KEYS cannot be read\./],
  ['none', '', /^fail: There are no master keys/],
])('tells of UNDERSTUDY_MASTER_KEYS with %s', async (_, keys, expected) => {
  await addProvider();
  const found = await bed.findBad('master keys', { UNDERSTUDY_MASTER_KEYS: keys });
  expect(found).toEqual([expect.stringMatching(expected)]);
});

it('tells of a rotation that is not finished, and of processes without the key', async () => {
  await addProvider();
  const next = `2:${randomBytes(32).toString('base64')},${toKeys(bed.masterKeys)}`;
  await addLivingWorker(bed);
  expect(await bed.findBad('master keys', { UNDERSTUDY_MASTER_KEYS: next })).toEqual([
    'warn: A rotation to version 2 is not finished: 1 provider keys on version 1.',
    expect.stringMatching(/^fail: These processes run without master key 2, .*: worker host:1:a\.$/),
  ]);
});

const addOpen = async (change: Partial<ProviderDocument> = {}) => {
  const { _id } = await addProvider(change);
  const openUntil = Date.now() + 20_000;
  await bed.redis.hset(toCircuitKey(REDIS_PREFIX, _id), { state: 'open', openUntil, openFor: 30_000 });
};

it.each<[string, () => Promise<unknown>, ...RegExp[]]>([
  ['no provider', async () => {}, /^fail: None is enabled/],
  ['only local', () => addProvider({ type: 'local' }), /^warn: Only `local` is enabled/],
  [
    'a flagged one',
    () => addProvider({ flagged: { reason: 'quota', at: new Date(), message: 'No credit left.' } }),
    /^fail: Nobody can answer now: /,
    /^fail: main gets no calls since .*, flagged quota: No credit left\.$/,
  ],
  [
    'one that was never checked',
    () => addProvider({ createdAt: new Date(Date.now() - 600_000) }),
    /^warn: main was never checked/,
  ],
  [
    'one that has not been checked for long',
    async () => {
      const { _id } = await addProvider();
      await addHealth(_id, 'healthy', new Date(Date.now() - 600_000));
    },
    /^warn: main was last checked 10 min ago/,
  ],
  [
    'one that is down',
    async () => {
      const { _id } = await addProvider();
      await addHealth(_id, 'down', new Date());
    },
    /^warn: main is down: it said no/,
  ],
  [
    'an open circuit',
    () => addOpen(),
    /^fail: Nobody can answer now: /,
    /^warn: main failed too often: its circuit is open\.$/,
  ],
  [
    'an open circuit beside `local`',
    async () => {
      await addOpen();
      await addProvider({ _id: 'prv_local', name: 'local', nameKey: 'local', type: 'local' });
    },
    /^fail: Nobody but `local` can answer now: /,
    /^warn: main failed too often/,
  ],
  [
    'an open circuit beside a provider that answers',
    async () => {
      await addOpen();
      await addProvider({ _id: 'prv_spare', name: 'spare', nameKey: 'spare' });
    },
    /^warn: main failed too often/,
  ],
  [
    'a circuit whose time is over, though no job has come since',
    async () => {
      const { _id } = await addProvider();
      const openUntil = Date.now() - 20_000;
      await bed.redis.hset(toCircuitKey(REDIS_PREFIX, _id), { state: 'open', openUntil, openFor: 30_000 });
    },
    /^fail: Nobody can answer now: /,
    /^warn: main failed too often: its circuit is half-open/,
  ],
  [
    'a model without a price',
    async () => addUsage((await addProvider())._id, [UNPRICED, UNPRICED, UNPRICED]),
    /^warn: main: no price is known for 3 calls/,
  ],
  [
    'a budget that is spent',
    () => addBudget(10_000_000_000),
    /^fail: main has spent 10.00 of its 10.00 dollars/,
  ],
  [
    'a budget that is nearly spent',
    () => addBudget(9_500_000_000),
    /^warn: main has spent 9.50 of its 10.00/,
  ],
  [
    'a key that a worker cannot open',
    async () => {
      const { _id: providerId, apiKey } = await addProvider();
      const lock = { providerId, wrappedKey: apiKey!.wrappedKey, message: 'Master key 1 is not there.' };
      await addLivingWorker(bed, [lock]);
    },
    /^fail: main: Its API key cannot be opened\. Master key 1 is not there\.$/,
  ],
])('tells of %s', async (_, arrange, ...expected) => {
  await arrange();
  expect(await bed.findBad('providers')).toEqual(expected.map((words) => expect.stringMatching(words)));
});

function addHealth(_id: string, status: 'healthy' | 'down', checkedAt: Date) {
  const health = { _id, status, responseTimeMs: null, errorMessage: 'it said no', checkedAt, dissent: null };
  return bed.store.providerHealth.create(health);
}

async function addBudget(spentNanoUsd: number) {
  const { _id, configuration } = await addProvider();
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 1 };
  await bed.store.providers.updateOne(
    { _id },
    { configuration: { ...configuration, monthlyBudgetUsd: 10, price } },
  );
  await addUsage(_id, [{ costNanoUsd: spentNanoUsd }]);
}

/** As calls of this provider that ended now and are counted. */
async function addUsage(providerId: string, ends: Parameters<typeof buildAttemptEnd>[0][]) {
  const provider = { id: providerId, name: 'main', type: 'openai', model: 'm' } as const;
  const attempts = ends.map((end) => ({
    ...buildAttempt({ provider, settledAt: new Date() }),
    ...buildAttemptEnd(end),
  }));
  await bed.store.attempts.insertMany(attempts);
  const ids = attempts.map(({ _id }) => _id);
  await countAttempts(bed.store, ids, 0);
}

it('has said no secret in all of this', () => {
  const { words, secrets } = bed.said();
  expect(words.length).toBeGreaterThan(1_000);
  for (const secret of [...secrets, otherKey.slice(2), API_KEY, 'secret-but-wrong'])
    expect(words).not.toContain(secret);
});

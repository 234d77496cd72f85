import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { createId } from '@understudy/shared/ids';
import { systemClock } from '@understudy/shared/runtime/clock';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import { createLedger } from '@understudy/shared/store/ledger';
import type { HealthCheckDocument } from '@understudy/shared/store/health/model';
import { flagProvider } from '@understudy/shared/store/providers/flag-provider';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { countAttempts } from '@understudy/shared/store/usage/count-attempts';
import { readProviderUsage } from '@understudy/shared/store/usage/read-provider-usage';
import { buildAttempt, buildAttemptEnd } from '@understudy/shared/testing/builders';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { eventually } from '@understudy/shared/testing/eventually';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import type { FleetAdmission } from '../dispatch/fleet/fleet-admission.ts';
import { createAttemptRecorder } from '../dispatch/record.ts';
import { createAdapter } from '../llm/registry.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { createSharedAdapter } from '../providers/shared-adapter.ts';
import { toConnection } from '../providers/to-connection.ts';
import { buildPooled, buildProvider, type ProviderOverrides } from '../testing/build-provider.ts';
import {
  answer,
  createFakeProvider,
  fail,
  stayAway,
  toFault,
  type FakeProvider,
} from '../testing/fake-adapter.ts';
import { createFleetBed, type FleetBed } from '../testing/fleet-bed.ts';
import { createCheckHealthHandler } from './check-health.ts';

const API_KEY = 'sk-test-8f2c61d09a-secret';
const FLAG_AT = new Date('2026-03-04T12:00:00Z');
let bed: TestBed;
let fleet: FleetBed;
let admission: FleetAdmission;
let pool: Map<string, PooledProvider>;
let known: Map<string, PooledProvider>;
let healthCheck: ReturnType<typeof dispatchConfig.parse>['healthCheck'];
let unbegunIds: string[];
let check: ReturnType<typeof createCheckHealthHandler>;

beforeAll(async () => {
  bed = await createTestBed();
  fleet = createFleetBed(bed);
  admission = await fleet.join();
});
afterAll(async () => {
  await fleet.close();
  await bed.close();
});
beforeEach(() => {
  pool = new Map();
  known = new Map();
  healthCheck = dispatchConfig.parse({}).healthCheck;
  const { store, logger } = bed;
  const usage = { add: ({ _id }: { _id: string }) => void countAttempts(store, [_id], 0) };
  const clock = systemClock;
  unbegunIds = [];
  const unbegun = { remember: ({ _id }: AttemptDocument) => void unbegunIds.push(_id) };
  check = createCheckHealthHandler({
    ...bed,
    pool: { get: (id) => pool.get(id) ?? null, reload: async () => void (pool = new Map(known)) },
    recorder: createAttemptRecorder({ ledger: createLedger(store), usage, unbegun, clock, logger }),
    settings: { current: () => ({ healthCheck }) },
    admission,
    unbegun,
    clock,
  });
});

async function addProvider(overrides: ProviderOverrides = {}): Promise<FakeProvider & { id: string }> {
  const fake = createFakeProvider();
  const _id = createId('prv');
  const given = { _id, name: _id, nameKey: _id.toLowerCase(), ...overrides };
  await bed.store.providers.create(buildProvider(given));
  pool.set(_id, buildPooled(given, fake.createAdapter('fake-model')));
  return Object.assign(fake, { id: _id });
}
const run = (providerId: string, { deep = false, checkId = null as string | null } = {}) =>
  check({ providerId, checkId, deep });
const readChecks = (providerId: string) =>
  bed.store.healthChecks.find({ providerId }).sort({ at: 1 }).lean<HealthCheckDocument[]>();
const readLatest = (providerId: string) => bed.store.providerHealth.findById(providerId).lean();
const readFlag = async (id: string) => (await bed.store.providers.findById(id).lean())?.flagged;

it('records a good check, and tells of it', async () => {
  const { id } = await addProvider();
  const checkId = createId('chk');
  expect(await run(id, { checkId })).toEqual({ kind: 'done' });
  expect(await readChecks(id)).toMatchObject([
    { _id: checkId, found: 'healthy', status: 'healthy', deep: false },
  ]);
  expect(await readLatest(id)).toMatchObject({ status: 'healthy', errorMessage: null });
  const [[, fields] = []] = await bed.redis.xrevrange(`${bed.prefix}:events`, '+', '-', 'COUNT', 1);
  expect(JSON.parse(fields?.[1] ?? '')).toMatchObject({
    type: 'health.checked',
    checkId,
    providerId: id,
    status: 'healthy',
  });
});

it('costs nothing and is on no attempt', async () => {
  const provider = await addProvider();
  await run(provider.id);
  expect(provider.calls).toEqual([]);
  expect(await bed.store.attempts.countDocuments({ 'provider.id': provider.id })).toBe(0);
});

it('says that a provider is down only when as many checks in a row found it so', async () => {
  const provider = await addProvider();
  await run(provider.id);
  provider.models = () => ({ ok: false, fault: toFault('network') });
  for (let round = 0; round < 3; round += 1) await run(provider.id);
  expect((await readChecks(provider.id)).map(({ found, status }) => [found, status])).toEqual([
    ['healthy', 'healthy'],
    ['down', 'healthy'],
    ['down', 'healthy'],
    ['down', 'down'],
  ]);
  expect(await readLatest(provider.id)).toMatchObject({ status: 'down', errorMessage: 'It was network.' });
});

it('says that a provider is down whose list is fine but whose real calls all fail, once they do so for long enough', async () => {
  const provider = await addProvider();
  await run(provider.id);
  const reference = { id: provider.id, name: 'main', type: 'openai' as const, model: 'fake-model' };
  const end = buildAttemptEnd({ outcome: 'failed', fault: 'server_error' });
  const failed = () => ({ ...buildAttempt({ provider: reference }), ...end, settledAt: new Date() });
  await bed.store.attempts.create(Array.from({ length: 5 }, failed));
  for (let round = 0; round < 3; round += 1) await run(provider.id);
  expect((await readChecks(provider.id)).map(({ found, status }) => [found, status])).toEqual([
    ['healthy', 'healthy'],
    ['down', 'healthy'],
    ['down', 'healthy'],
    ['down', 'down'],
  ]);
  expect(await readLatest(provider.id)).toMatchObject({
    errorMessage: 'It answers checks, but none of 5 real calls in five minutes.',
  });
});

it('ends a check of a provider that says nothing, whether its adapter heeds the signal or not', async () => {
  healthCheck = { ...healthCheck, timeoutMs: 100 };
  const provider = await addProvider();
  provider.models = (signal) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve({ ok: false, fault: toFault('silent') }));
    });
  await run(provider.id);
  provider.models = () => new Promise(() => {});
  await run(provider.id);
  const checks = await readChecks(provider.id);
  expect(checks.map(({ found }) => found)).toEqual(['degraded', 'degraded']);
  for (const { responseTimeMs } of checks) expect(responseTimeMs).toBeGreaterThanOrEqual(99);
});

it('ends a check over a real connection, whatever the vendor does with it', async () => {
  const vendor = await startFakeOpenAi({ models: ['fake-model'] });
  const { id } = await addProvider();
  const pooled = pool.get(id)!;
  const connection = toConnection({ ...pooled.provider, baseUrl: vendor.url }, null);
  const adapter = createAdapter(connection, { fetch });
  pool.set(id, { ...pooled, adapter });
  // The first call of a process takes far longer than others on a busy machine, and a check has its two seconds.
  await adapter.listModels(AbortSignal.timeout(30_000));
  healthCheck = { ...healthCheck, timeoutMs: 2_000 };
  await run(id);
  for (const kind of ['hang', 'stall', 'reset', 'html'] as const) {
    vendor.listModelsWith({ kind });
    await run(id);
  }
  expect((await readChecks(id)).map(({ found }) => found)).toEqual([
    'healthy',
    'degraded',
    'degraded',
    'down',
    'down',
  ]);
  await vendor.stop();
});

it('takes local for healthy without asking', async () => {
  const provider = await addProvider({ type: 'local' });
  provider.models = () => Promise.reject(new Error('nobody should ask'));
  await run(provider.id, { deep: true });
  expect(await readLatest(provider.id)).toMatchObject({ status: 'healthy', responseTimeMs: 0 });
});

it('leaves alone what was deleted, and what is disabled unless somebody asks', async () => {
  await run('prv_gone', { checkId: createId('chk') });
  expect(await readChecks('prv_gone')).toEqual([]);
  const { id } = await addProvider({ enabled: false });
  known = new Map(pool);
  await run(id);
  expect(await readChecks(id)).toEqual([]);
  await run(id, { checkId: createId('chk') });
  expect(await readChecks(id)).toHaveLength(1);
});

it.each([
  { asker: 'somebody', checkId: () => createId('chk') },
  { asker: 'the schedule', checkId: () => null },
])('knows a provider that was added a moment ago, where $asker asks', async ({ checkId }) => {
  const { id } = await addProvider();
  known.set(id, pool.get(id)!);
  pool.delete(id);
  await run(id, { checkId: checkId() });
  expect(await readChecks(id)).toHaveLength(1);
});

it('knows a provider that was enabled a moment ago', async () => {
  const { id } = await addProvider();
  const enabled = pool.get(id)!;
  known.set(id, enabled);
  pool.set(id, { ...enabled, provider: { ...enabled.provider, enabled: false } });
  await run(id);
  expect(await readChecks(id)).toHaveLength(1);
});

it('makes a check that was asked for once, also when its queue entry comes twice', async () => {
  const provider = await addProvider();
  const checkId = createId('chk');
  await run(provider.id, { deep: true, checkId });
  await run(provider.id, { deep: true, checkId });
  expect(provider.calls).toHaveLength(1);
  expect(await readChecks(provider.id)).toHaveLength(1);
});

it('classifies one tiny text for a deep check, which usage keeps apart', async () => {
  const provider = await addProvider();
  provider.will(answer());
  const checkId = createId('chk');
  await run(provider.id, { deep: true, checkId });
  expect(await readChecks(provider.id)).toMatchObject([{ found: 'healthy', deep: true }]);
  expect(await bed.store.attempts.find({ jobId: checkId }).lean()).toMatchObject([
    { purpose: 'health', outcome: 'succeeded', pricing: 'priced', inputTokens: 100 },
  ]);
  const known = await bed.store.providers.findById(provider.id).orFail().lean<ProviderDocument>();
  const { totals } = await readProviderUsage(bed.store, known, { interval: 'hour' });
  expect(totals.requestCount).toBe(0);
});

it.each([
  { spent: 5_000_000_000, asker: 'the schedule', checkId: () => null, calls: 0 },
  { spent: 5_000_000_000, asker: 'somebody', checkId: () => createId('chk'), calls: 1 },
  { spent: 4_000_000_000, asker: 'the schedule', checkId: () => null, calls: 1 },
])(
  'pays $calls times for a deep check that $asker wants, with $spent of 5e9 nano-dollars spent',
  async (given) => {
    fleet.ledger.spent = given.spent;
    const provider = await addProvider({ configuration: { monthlyBudgetUsd: 5 } });
    const pooled = pool.get(provider.id)!;
    // What was spent is read from the ledger once somebody asks, who is told to ask again in a second.
    await eventually(
      async () => (await admission.readRoom([pooled]))[0]?.untilAt !== fleet.clock.now() + 1_000,
    );
    await run(provider.id, { deep: true, checkId: given.checkId() });
    expect(provider.calls).toHaveLength(given.calls);
    expect(await readChecks(provider.id)).toMatchObject([{ found: 'healthy', deep: given.calls === 1 }]);
  },
);

it('keeps what a cut deep check may have cost', async () => {
  healthCheck = { ...healthCheck, timeoutMs: 100 };
  const provider = await addProvider();
  provider.will(stayAway);
  await run(provider.id, { deep: true });
  expect(await readLatest(provider.id)).toMatchObject({ status: 'degraded' });
  expect(await bed.store.attempts.findOne({ 'provider.id': provider.id }).lean()).toMatchObject({
    outcome: 'failed',
    fault: 'silent',
    pricing: 'estimated',
  });
});

it('makes no call that is not on record for certain, and has that looked after', async () => {
  const provider = await addProvider();
  const create = bed.store.attempts.create.bind(bed.store.attempts);
  vi.spyOn(bed.store.attempts, 'create').mockImplementationOnce((async (attempt: AttemptDocument) => {
    await create(attempt);
    throw new Error('The ledger is away');
  }) as never);
  await expect(run(provider.id, { deep: true })).rejects.toThrow('away');
  expect(provider.calls).toEqual([]);
  const left = await bed.store.attempts.find({ 'provider.id': provider.id }).lean();
  expect(unbegunIds).toEqual(left.map(({ _id }) => _id));
});

it.each([
  { reason: 'unauthenticated' as const, deep: false, clears: true },
  { reason: 'forbidden' as const, deep: false, clears: true },
  { reason: 'quota' as const, deep: false, clears: false },
  { reason: 'quota' as const, deep: true, clears: true },
  { reason: 'budget' as const, deep: true, clears: false },
])('with a good check, deep: $deep, a flag $reason is cleared: $clears', async ({ reason, deep, clears }) => {
  const { id } = await addProvider({ flagged: { reason, at: FLAG_AT, message: 'no' } });
  await run(id, { deep });
  expect((await readFlag(id)) === null).toBe(clears);
});

it('takes the key for good by a list that lacks the model, which it may not be allowed all the same', async () => {
  const flagged = { reason: 'unauthenticated' as const, at: FLAG_AT, message: 'no' };
  const provider = await addProvider({ flagged });
  provider.models = () => ({ ok: true, models: ['another-model'] });
  await run(provider.id);
  expect(await readFlag(provider.id)).toBeNull();
});

it.each([
  { lists: 'to everybody', accepts: undefined, clears: false },
  { lists: 'to whom it knows', accepts: API_KEY, clears: true },
])('takes a key for good by a list where the server lists $lists: $clears', async ({ accepts, clears }) => {
  const vendor = await startFakeOpenAi({ models: ['fake-model'], ...(accepts && { apiKey: accepts }) });
  const flagged = { reason: 'unauthenticated' as const, at: FLAG_AT, message: 'no' };
  const { id } = await addProvider({ flagged, type: 'openai-compatible' });
  const pooled = pool.get(id)!;
  const connection = toConnection({ ...pooled.provider, baseUrl: vendor.url }, API_KEY);
  const shared = createSharedAdapter(createAdapter(connection, { fetch }), {
    isUsable: true,
    logger: bed.logger,
  });
  pool.set(id, { ...pooled, adapter: shared.adapter });
  await run(id);
  await vendor.stop();
  expect(await readLatest(id)).toMatchObject({ status: 'healthy' });
  expect((await readFlag(id)) === null).toBe(clears);
});

/** Has a call of a provider refused, and this process know of it. */
async function refuse(id: string) {
  const read = () => bed.store.providers.findById(id).orFail().lean<ProviderDocument>();
  await flagProvider(bed.store, await read(), { reason: 'forbidden', message: 'Missing scopes' });
  pool.set(id, { ...pool.get(id)!, provider: await read() });
}

it('lets a list take a flag off once, and again only after an answer', async () => {
  const { id } = await addProvider();
  await refuse(id);
  await run(id);
  expect(await readFlag(id)).toBeNull();

  await refuse(id);
  await run(id);
  await run(id);
  expect(await readFlag(id)).toMatchObject({ reason: 'forbidden' });

  await run(id, { deep: true });
  expect(await readFlag(id)).toBeNull();
  const reference = { id, name: 'main', type: 'openai' as const, model: 'fake-model' };
  const end = buildAttemptEnd({ outcome: 'succeeded' });
  await bed.store.attempts.create({
    ...buildAttempt({ provider: reference }),
    ...end,
    settledAt: new Date(),
  });
  await refuse(id);
  await run(id);
  expect(await readFlag(id)).toBeNull();
});

it('keeps a flag where the check proved nothing', async () => {
  const flagged = { reason: 'unauthenticated' as const, at: FLAG_AT, message: 'no' };
  const cannotList = await addProvider({ flagged });
  cannotList.models = () => ({ ok: true, models: null });
  const forbidden = await addProvider({ flagged: { ...flagged, reason: 'forbidden' } });
  forbidden.models = () => ({ ok: true, models: ['another-model'] });
  const failing = await addProvider({ flagged });
  failing.models = () => ({ ok: false, fault: toFault('unauthenticated') });
  const deep = await addProvider({ flagged });
  deep.will(fail('server_error'));
  await run(cannotList.id);
  await run(forbidden.id);
  await run(failing.id);
  await run(deep.id, { deep: true });
  for (const { id } of [cannotList, forbidden, failing, deep]) expect(await readFlag(id)).not.toBeNull();
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { healthSummary, providerHealthDetail } from '../../contracts/health.ts';
import type { HealthStatus } from '../../contracts/provider.ts';
import { createId } from '../../ids.ts';
import {
  buildAttempt,
  buildAttemptEnd,
  buildProvider,
  REMOTE_CONFIGURATION,
} from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { AttemptDocument, AttemptEnd } from '../attempts/model.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { countAttempts } from '../usage/count-attempts.ts';
import type { ProviderHealthDocument } from './model.ts';
import { readHealthSummary } from './read-health-summary.ts';
import { readProviderHealthDetail, type HealthRange } from './read-provider-health-detail.ts';
import { recordHealthCheck, type DecideHealth, type HealthCheckRecord } from './record-health-check.ts';

const now = Date.parse('2026-03-04T12:30:00Z');
let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

async function addProvider(overrides: Partial<ProviderDocument> = {}) {
  const _id = createId('prv');
  await bed.store.providers.create(
    buildProvider({
      _id,
      name: _id,
      configuration: { ...REMOTE_CONFIGURATION, model: 'gpt-4o-mini' },
      ...overrides,
    }),
  );
  return _id;
}
const buildCheck = (providerId: string, overrides: Partial<HealthCheckRecord> = {}): HealthCheckRecord => ({
  _id: createId('chk'),
  providerId,
  at: new Date(now),
  found: 'healthy',
  deep: false,
  responseTimeMs: 10,
  errorMessage: null,
  ...overrides,
});
const atItsWord: DecideHealth = (_previous, found) => ({ status: found, dissent: null });
const check = (providerId: string, agoMs: number, found: HealthStatus) =>
  recordHealthCheck(bed.store, buildCheck(providerId, { at: new Date(now - agoMs), found }), atItsWord);

async function use(
  providerId: string,
  overrides: Partial<AttemptDocument & Omit<AttemptEnd, 'outcome'>> = {},
) {
  const provider = { id: providerId, name: 'main', type: 'openai' as const, model: 'gpt-4o-mini' };
  const settledAt = new Date(now - 60_000);
  const attempt = { ...buildAttempt({ provider }), ...buildAttemptEnd(), settledAt, ...overrides };
  await bed.store.attempts.create(attempt);
  await countAttempts(bed.store, [attempt._id], 0);
}
const circuits = new Map();
const readSummary = async (options: { slots?: boolean } = {}) =>
  healthSummary.parse(await readHealthSummary(bed.store, { ...options, circuits, now }));
const readRow = async (id: string) => (await readSummary()).data.find(({ provider }) => provider.id === id);
const readDetail = async (id: string, range: HealthRange = {}) => {
  const provider = await bed.store.providers.findById(id).orFail().lean<ProviderDocument>();
  return providerHealthDetail.parse(
    await readProviderHealthDetail(bed.store, provider, range, { circuits, now }),
  );
};

it('lets each of many checks at the same time build on the others', async () => {
  const id = await addProvider();
  const countUp: DecideHealth = (previous) => ({
    status: 'healthy',
    dissent: { status: 'down', count: (previous?.dissent?.count ?? 0) + 1 },
  });
  const checks = Array.from({ length: 10 }, () => recordHealthCheck(bed.store, buildCheck(id), countUp));
  await Promise.all(checks);
  const latest = await bed.store.providerHealth.findById(id).lean<ProviderHealthDocument>();
  expect(latest?.dissent?.count).toBe(10);
  expect(await bed.store.healthChecks.countDocuments({ providerId: id })).toBe(10);
});

it('records a check once, and answers what is on record', async () => {
  const id = await addProvider();
  const first = buildCheck(id, { found: 'down', errorMessage: 'refused' });
  await recordHealthCheck(bed.store, first, atItsWord);
  const again = await recordHealthCheck(bed.store, { ...first, found: 'healthy' }, atItsWord);
  expect(again).toMatchObject({ found: 'down', status: 'down' });
  expect(await readRow(id)).toMatchObject({ status: 'down', errorMessage: 'refused' });
});

it('does not let a check that comes late undo a newer one', async () => {
  const id = await addProvider();
  await check(id, 1_000, 'healthy');
  await check(id, 10_000, 'down');
  const lastCheckedAt = new Date(now - 1_000).toISOString();
  expect(await readRow(id)).toMatchObject({ status: 'healthy', lastCheckedAt });
  expect((await readDetail(id)).history.map(({ status }) => status)).toEqual(['healthy', 'healthy']);
});

it('does not let one from a clock that was far ahead hold up those after it', async () => {
  const id = await addProvider();
  const at = (aheadMs: number, found: HealthStatus) =>
    recordHealthCheck(bed.store, buildCheck(id, { at: new Date(Date.now() + aheadMs), found }), atItsWord);
  await at(3_600_000, 'down');
  await at(0, 'healthy');
  expect(await bed.store.providerHealth.findById(id).lean()).toMatchObject({ status: 'healthy' });
});

it('shows every provider that is not deleted, in the order of trying, unknown until checked', async () => {
  const last = await addProvider({ priority: 900 });
  const deleted = await addProvider({ deletedAt: new Date() });
  const { data, summary } = await readSummary();
  expect(data.at(-1)).toMatchObject({
    provider: { id: last, type: 'openai', model: 'gpt-4o-mini' },
    status: 'unknown',
    circuit: 'closed',
    responseTimeMs: null,
    errorRate: null,
    slow: false,
    lastCheckedAt: null,
    uptime24h: null,
    connectivity: { attempts: 0, errors: 0, ratio: null, target: 0.01 },
  });
  expect(data.map(({ provider }) => provider.id)).not.toContain(deleted);
  expect(summary.unknown).toBeGreaterThan(0);
  expect(Object.values(summary).reduce((sum, count) => sum + count, 0)).toBe(data.length);
});

it('shows what the fleet said of the circuit', async () => {
  const id = await addProvider();
  const open = new Map([[id, { circuit: 'open' as const, openUntil: null, cooldownUntil: null }]]);
  const { data } = await readHealthSummary(bed.store, { circuits: open, now });
  expect(data.find(({ provider }) => provider.id === id)?.circuit).toBe('open');
});

it('takes uptime from the checks of the last 24 hours that did not leave it down', async () => {
  const id = await addProvider();
  await check(id, 25 * 3_600_000, 'down');
  await check(id, 3_000, 'healthy');
  await check(id, 2_000, 'degraded');
  await check(id, 1_000, 'down');
  await check(id, 0, 'healthy');
  expect(await readRow(id)).toMatchObject({ uptime24h: 0.75 });
});

it('takes the error rate from the real attempts of the last five minutes', async () => {
  const id = await addProvider();
  await use(id);
  await use(id, { outcome: 'failed', fault: 'server_error' });
  await use(id, { outcome: 'aborted', fault: 'silent' });
  await use(id, { outcome: 'aborted', fault: null });
  await use(id, { outcome: 'failed', fault: 'server_error', purpose: 'drill' });
  await use(id, { outcome: 'failed', fault: 'server_error', settledAt: new Date(now - 301_000) });
  expect(await readRow(id)).toMatchObject({ errorRate: 2 / 3 });
});

it('shows a provider as slow that answers, but too late for more than a tenth of its calls', async () => {
  const id = await addProvider();
  for (let call = 0; call < 8; call += 1) await use(id);
  await use(id, { outcome: 'aborted', fault: 'silent' });
  expect(await readRow(id)).toMatchObject({ slow: true });
  for (let call = 0; call < 2; call += 1) await use(id);
  await use(id, { outcome: 'aborted', fault: null });
  expect(await readRow(id)).toMatchObject({ slow: false });
  // One that hardly answers at all is not slow but sick.
  for (let call = 0; call < 12; call += 1) await use(id, { outcome: 'failed', fault: 'silent' });
  expect(await readRow(id)).toMatchObject({ slow: false });
});

it('measures connectivity by what did not connect, of each and of all but local', async () => {
  const id = await addProvider();
  const local = await addProvider({ type: 'local' });
  const before = (await readSummary()).connectivity;
  await use(id);
  await use(id, { outcome: 'failed', fault: 'network' });
  await use(id, { outcome: 'failed', fault: 'timeout' });
  await use(id, { outcome: 'failed', fault: 'server_error' });
  await use(id, { outcome: 'failed', fault: 'network', settledAt: new Date(now - 26 * 3_600_000) });
  await use(local);
  const { data, connectivity } = await readSummary();
  expect(data.find(({ provider }) => provider.id === id)?.connectivity).toMatchObject({
    attempts: 4,
    errors: 2,
    ratio: 0.5,
  });
  expect(connectivity.attempts - before.attempts).toBe(4);
  expect(connectivity.errors - before.errors).toBe(2);
});

it('gives the history oldest first, and the worst status of each of 90 slots', async () => {
  const id = await addProvider();
  const from = new Date(now - 90 * 60_000);
  await check(id, 90 * 60_000 + 1, 'down');
  await check(id, 90 * 60_000, 'healthy');
  await check(id, 90 * 60_000 - 1, 'degraded');
  await check(id, 1_000, 'down');
  await check(id, 0, 'healthy');
  const { history, slots } = await readDetail(id, { from, to: new Date(now) });
  expect(history.map(({ status }) => status)).toEqual(['healthy', 'degraded', 'down']);
  expect(slots).toHaveLength(90);
  expect(slots[0]).toEqual({
    from: from.toISOString(),
    to: new Date(from.getTime() + 60_000).toISOString(),
    status: 'degraded',
  });
  expect(slots.slice(1, 89).every(({ status }) => status === null)).toBe(true);
  expect(slots[89]).toMatchObject({ to: new Date(now).toISOString(), status: 'down' });
});

it('gives each of all providers the slots that it has alone', async () => {
  const [sick, well] = [await addProvider(), await addProvider()];
  await check(sick, 60_000, 'down');
  await check(sick, 86_400_001, 'down');
  await check(well, 23 * 3_600_000, 'degraded');
  const { data } = await readSummary({ slots: true });
  for (const id of [sick, well]) {
    const { slots } = await readDetail(id);
    expect(data.find(({ provider }) => provider.id === id)?.slots).toEqual(slots);
    expect(slots.filter(({ status }) => status !== null)).toHaveLength(1);
  }
  expect((await readSummary()).data.every(({ slots }) => slots === undefined)).toBe(true);
});

it('bounds the history to the newest thousand checks', async () => {
  const id = await addProvider();
  await bed.store.healthChecks.insertMany(
    Array.from({ length: 1_200 }, (_, index) => ({
      ...buildCheck(id, { at: new Date(now - (index + 1) * 1_000) }),
      status: index === 1_199 ? 'down' : 'healthy',
    })),
  );
  const { history, slots } = await readDetail(id);
  expect(history).toHaveLength(1_000);
  expect(history.at(-1)?.at).toBe(new Date(now - 1_000).toISOString());
  expect(slots.filter(({ status }) => status === 'down')).toHaveLength(1);
});

it('stays readable when the provider was deleted', async () => {
  const id = await addProvider({ deletedAt: new Date() });
  await check(id, 0, 'down');
  expect(await readDetail(id)).toMatchObject({ status: 'down' });
  await expect(readDetail(id, { from: new Date(now) })).rejects.toMatchObject({ code: 'validation_failed' });
});

it('counts uptime and slots from the index alone', async () => {
  const { db } = bed.store.connection;
  await db!.setProfilingLevel('all');
  await readSummary({ slots: true });
  await readDetail(await addProvider());
  await db!.setProfilingLevel('off');
  const reads = await db!
    .collection('system.profile')
    .find({ 'command.aggregate': 'health_checks' })
    .toArray();
  expect(reads.map(({ docsExamined, planSummary }) => ({ docsExamined, planSummary }))).toEqual([
    { docsExamined: 0, planSummary: expect.stringContaining('IXSCAN') },
    { docsExamined: 0, planSummary: expect.stringContaining('IXSCAN') },
    { docsExamined: 0, planSummary: expect.stringContaining('IXSCAN') },
    { docsExamined: 0, planSummary: expect.stringContaining('IXSCAN') },
  ]);
});

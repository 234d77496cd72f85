import { systemClock, type Clock } from '@understudy/shared/runtime/clock';
import { DRILL_FAULTS } from '@understudy/shared/contracts/drill';
import { readCircuits } from '@understudy/shared/fleet/circuits';
import { toCircuitKey } from '@understudy/shared/fleet/keys';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import type { ProviderDocument } from '@understudy/shared/store/providers/model';
import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import type { FakeVendor } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { toMonth } from '@understudy/shared/store/usage/budget';
import type { SettledAttempt } from '@understudy/shared/store/usage/bucket';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { toBudgetKey } from '../dispatch/fleet/keys.ts';
import { createAdapter } from '../llm/registry.ts';
import { FLAGGED } from '../testing/build-provider.ts';
import { createEngineBedBy, type EngineBed } from '../testing/engine-bed.ts';
import { runDrill, type Drill } from './run-drill.ts';

let bed: EngineBed<Clock>;
let vendors: Record<'openai' | 'anthropic', FakeVendor>;
beforeAll(async () => {
  bed = await createEngineBedBy(systemClock, {
    createAdapter: (connection, deps) =>
      createAdapter({ ...connection, apiKey: 'sk-drill-0123456789' }, deps),
  });
  vendors = { openai: await startFakeOpenAi(), anthropic: await startFakeAnthropic() };
});
afterAll(async () => {
  for (const vendor of Object.values(vendors)) await vendor.stop();
  await bed.close();
});
beforeEach(async () => {
  await bed.reset();
  // A fresh provider's wait is seconds long, which no test needs.
  await bed.configure({ hedgeAfterMs: 100, hedgeMaxMs: 400 });
  bed.counted.length = 0;
  for (const vendor of Object.values(vendors)) vendor.requests.length = 0;
});

let drills = 0;
async function drill(sickId: string, fault: Drill['fault']) {
  const provider = await bed.store.providers.findById(sickId).lean<ProviderDocument>();
  if (!provider) throw new Error('There is no such provider');
  const id = `int_${(drills += 1)}`;
  const usage = { add: (attempt: SettledAttempt) => void bed.counted.push(attempt) };
  const finding = await runDrill(
    { ...bed, createAdapter, usage, random: () => 0 },
    { id, provider, fault, text: 'The box was open.', labels: ['praise', 'complaint'] },
  );
  const attempts = await bed.store.attempts.find({ jobId: id }).sort({ number: 1 }).lean<AttemptDocument[]>();
  return { finding, attempts, failovers: await bed.readFailovers(id) };
}

describe.each([
  ['openai', 'anthropic'],
  ['anthropic', 'openai'],
] as const)('a drill on %s, with %s to take over', (sickType, otherType) => {
  it.each(DRILL_FAULTS)('%s', async (fault) => {
    const sick = await bed.addProvider({ type: sickType, name: 'sick', baseUrl: vendors[sickType].url });
    await bed.addProvider({ type: otherType, name: 'other', baseUrl: vendors[otherType].url });
    const { finding, attempts, failovers } = await drill(sick.id, fault);
    expect(finding).toMatchObject({ kind: 'ran', ok: true, switched: true, servedBy: { name: 'other' } });
    const failed = attempts.filter(({ provider }) => provider.name === 'sick');
    expect(new Set(failed.map((attempt) => attempt.fault))).toEqual(new Set([fault]));
    expect(attempts.map(({ purpose }) => purpose)).toEqual(attempts.map(() => 'drill'));
    expect(failovers).toMatchObject([
      { from: { name: 'sick' }, to: { name: 'other' }, fault, drill: true, client: 'default' },
    ]);

    // Nothing was sent to the sick one, and nothing is charged for it.
    expect(vendors[sickType].requests).toEqual([]);
    expect(
      failed.map(({ costNanoUsd, pricing, reservedNanoUsd }) => ({ costNanoUsd, pricing, reservedNanoUsd })),
    ).toEqual(failed.map(() => ({ costNanoUsd: 0, pricing: 'free', reservedNanoUsd: 0 })));
    expect(vendors[otherType].requests).toHaveLength(1);
    expect(attempts.at(-1)?.costNanoUsd).toBeGreaterThan(0);
  });
});

describe('a drill', () => {
  it('leaves no trace in what real traffic goes by', async () => {
    const baseUrl = vendors.openai.url;
    const sick = await bed.addProvider({ type: 'openai', name: 'sick', baseUrl, priority: 1 });
    await bed.addProvider({ type: 'anthropic', name: 'other', baseUrl: vendors.anthropic.url });
    for (let run = 0; run < 6; run += 1) await drill(sick.id, 'unauthenticated');
    const { circuits } = await readCircuits(bed.redis, bed.prefix, [sick.id]);
    expect(circuits.get(sick.id)).toMatchObject({ circuit: 'closed', cooldownUntil: null });
    expect(await bed.store.providers.findById(sick.id).lean()).toMatchObject({ flagged: null });
    expect(bed.latencies.read(sick.id)).toMatchObject({ count: 0 });
    expect(bed.counted.map(({ purpose }) => purpose)).toEqual(bed.counted.map(() => 'drill'));
    const { _id } = await bed.submit();
    expect(await bed.execute(_id)).toMatchObject({ provider: { name: 'sick' } });
  });

  it('has local take over at once where there is nobody else', async () => {
    const sick = await bed.addProvider({ type: 'openai', name: 'sick', baseUrl: vendors.openai.url });
    await bed.addProvider({ type: 'local', name: 'local', priority: 100 });
    for (const fault of ['server_error', 'silent'] as const) {
      const { finding } = await drill(sick.id, fault);
      expect(finding).toMatchObject({ ok: true, switched: true, servedBy: { name: 'local' } });
    }
  });

  it('can be held on a provider that is disabled or flagged', async () => {
    const sick = await bed.addProvider({
      type: 'openai',
      baseUrl: vendors.openai.url,
      enabled: false,
      flagged: FLAGGED,
    });
    await bed.addProvider({ type: 'anthropic', name: 'other', baseUrl: vendors.anthropic.url });
    expect((await drill(sick.id, 'network')).finding).toMatchObject({ switched: true });
  });

  it('says so where nobody could take over', async () => {
    const sick = await bed.addProvider({ type: 'openai', baseUrl: vendors.openai.url });
    await bed.addProvider({ type: 'anthropic', name: 'off', baseUrl: vendors.anthropic.url, enabled: false });
    expect((await drill(sick.id, 'network')).finding).toEqual({ kind: 'no_other_provider' });
  });

  it('is no success where the one that takes over fails too', async () => {
    const sick = await bed.addProvider({ type: 'openai', baseUrl: vendors.openai.url });
    await bed.addProvider({ type: 'anthropic', name: 'other', baseUrl: vendors.anthropic.url });
    vendors.anthropic.breakDown({ kind: 'status', status: 403 });
    const { finding } = await drill(sick.id, 'server_error');
    vendors.anthropic.recover();
    expect(finding).toMatchObject({ kind: 'ran', ok: false, switched: true, servedBy: null });
  });
});

describe('whoever takes over in a drill', () => {
  const addSick = () => bed.addProvider({ type: 'openai', name: 'sick', baseUrl: vendors.openai.url });
  const addOther = (overrides: Parameters<EngineBed['addProvider']>[0]) =>
    bed.addProvider({ type: 'anthropic', name: 'other', baseUrl: vendors.anthropic.url, ...overrides });
  /** What its budget has spent and holds this month. */
  const readBudget = (id: string) => bed.redis.hgetall(toBudgetKey(bed.prefix, id, toMonth(bed.clock.now())));
  async function beginMonth(id: string, spent: number) {
    const server = /run_id:(\w+)/.exec(await bed.redis.info('server'))?.[1] ?? '';
    await bed.redis.hset(toBudgetKey(bed.prefix, id, toMonth(bed.clock.now())), { spent, server });
  }

  it('is called no more often than its rate limit allows', async () => {
    const sick = await addSick();
    const other = await addOther({ rateLimit: 1 });
    expect((await drill(sick.id, 'server_error')).finding).toMatchObject({ ok: true });
    for (let run = 0; run < 2; run += 1) {
      expect((await drill(sick.id, 'server_error')).finding).toMatchObject({ ok: false, servedBy: null });
    }
    expect(vendors.anthropic.requests).toHaveLength(1);
    // It counts for real traffic as well.
    const [room] = await bed.admission.readRoom(
      bed.pool.list().filter((one) => one.provider._id === other.id),
    );
    expect(room).toMatchObject({ room: 0, reason: 'rate_limit' });
  });

  it('is paid out of its budget, and not called where that is used up', async () => {
    const sick = await addSick();
    const { id } = await addOther({ configuration: { monthlyBudgetUsd: 1 } });
    await beginMonth(id, 0);
    const { attempts } = await drill(sick.id, 'server_error');
    const cost = attempts.find(({ provider }) => provider.id === id)?.costNanoUsd ?? 0;
    expect(cost).toBeGreaterThan(0);
    expect(await readBudget(id)).toMatchObject({ spent: String(cost), reserved: '0' });
    await beginMonth(id, 1_000_000_000);
    expect((await drill(sick.id, 'server_error')).finding).toMatchObject({ ok: false });
    expect(vendors.anthropic.requests).toHaveLength(1);
  });

  it('moves no circuit by how it ends, and probes none', async () => {
    const sick = await addSick();
    const { id } = await addOther({});
    vendors.anthropic.breakDown({ kind: 'status', status: 401 });
    await drill(sick.id, 'server_error');
    vendors.anthropic.recover();
    const { circuits } = await readCircuits(bed.redis, bed.prefix, [id]);
    expect(circuits.get(id)).toMatchObject({ circuit: 'closed' });
    const due = { state: 'open', epoch: 7, openUntil: bed.clock.now() - 1 };
    await bed.redis.hset(toCircuitKey(bed.prefix, id), due);
    vendors.anthropic.requests.length = 0;
    expect((await drill(sick.id, 'server_error')).finding).toMatchObject({ ok: false });
    expect(vendors.anthropic.requests).toEqual([]);
    expect(await bed.redis.hgetall(toCircuitKey(bed.prefix, id))).toMatchObject({
      state: 'open',
      epoch: '7',
    });
  });
});

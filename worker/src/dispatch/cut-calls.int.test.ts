import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '@understudy/shared/testing/eventually';
import { startFakeAnthropic } from '@understudy/shared/testing/fake-vendors/anthropic/server';
import type { FakeBehaviour } from '@understudy/shared/testing/fake-vendors/behaviour';
import type { FakeVendor } from '@understudy/shared/testing/fake-vendors/fake-vendor';
import { startFakeOpenAi } from '@understudy/shared/testing/fake-vendors/openai/server';
import { createAdapter } from '../llm/registry.ts';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';

const ENDLESS: [string, FakeBehaviour, string][] = [
  ['silence before the headers', { kind: 'hang' }, 'silent'],
  ['headers that come too late', { kind: 'delay', ms: 60_000 }, 'silent'],
  ['a stall in mid body', { kind: 'stall' }, 'timeout'],
  ['a stall in the body of an error', { kind: 'stall', status: 503 }, 'timeout'],
  ['a byte a second', { kind: 'drip', everyMs: 1_000 }, 'timeout'],
];
const JOBS = 8;
/** Long enough for every call to have reached the vendor on a busy machine. */
const LIMIT_MS = 1_000;

let bed: EngineBed;
let vendor: FakeVendor;
beforeAll(async () => {
  bed = await createEngineBed({
    createAdapter: (connection, deps) => createAdapter({ ...connection, apiKey: 'sk-rehearsal-0123' }, deps),
  });
});
afterAll(() => bed.close());
beforeEach(() => bed.reset());
afterEach(() => vendor.stop());

describe.each([
  ['openai', startFakeOpenAi],
  ['anthropic', startFakeAnthropic],
] as const)('calls of %s', (type, startVendor) => {
  const addProvider = (timeoutMs: number) =>
    bed.addProvider({ type, baseUrl: vendor.url, configuration: { timeoutMs } });
  const submitMany = () => Promise.all(Array.from({ length: JOBS }, () => bed.submit()));
  const untilHungUp = async () => {
    expect(vendor.requests).toHaveLength(JOBS);
    await Promise.all(vendor.requests.map(({ droppedByClient }) => droppedByClient));
  };
  beforeEach(async () => {
    vendor = await startVendor();
  });

  it.each(ENDLESS)('are hung up when their time is up: %s', async (_, behaviour, fault) => {
    vendor.respondAlways(behaviour);
    await addProvider(LIMIT_MS);
    const jobs = await submitMany();
    await Promise.all(jobs.map(({ _id }) => bed.start(_id)));
    await untilHungUp();
    for (const { _id } of jobs) {
      expect(await bed.readTrail(_id)).toEqual([{ number: 1, name: 'main', outcome: 'failed', fault }]);
    }
  });

  it.each(ENDLESS)('are hung up when their jobs are cancelled: %s', async (_, behaviour) => {
    vendor.respondAlways(behaviour);
    await addProvider(60_000);
    const jobs = await submitMany();
    const running = jobs.map(({ _id }) => bed.start(_id));
    await eventually(() => vendor.requests.length === JOBS);
    await bed.store.jobs.updateMany({}, { state: 'cancelled', claim: null });
    await bed.claims.renew();
    await Promise.all(running);
    await untilHungUp();
    for (const { _id } of jobs) {
      expect(await bed.readTrail(_id)).toMatchObject([{ outcome: 'aborted', fault: null }]);
    }
  });

  it('leave one connection for the next after an answer', async () => {
    await addProvider(10_000);
    for (const { _id } of await submitMany()) expect((await bed.execute(_id)).state).toBe('succeeded');
    expect(await vendor.countConnections()).toBe(1);
  });

  it('leave no connection in the end, however they were cut', async () => {
    vendor.respondWith(...ENDLESS.map(([, behaviour]) => behaviour));
    await addProvider(LIMIT_MS);
    const jobs = await Promise.all(ENDLESS.map(() => bed.submit()));
    await Promise.all(jobs.map(({ _id }) => bed.start(_id)));
    // After a cut, Node's fetch opens a connection for the next call and keeps it for 4 s.
    await eventually(async () => (await vendor.countConnections()) === 0);
    expect(vendor.requests).toHaveLength(ENDLESS.length);
  });
});

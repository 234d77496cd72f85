import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { ProblemError } from '../../shared/src/client/problem-error.ts';
import { SILENCE_MS } from '../../shared/src/runtime/redis.ts';
import { LEASE_MS } from '../../shared/src/store/jobs/claim-job.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import type { AppProcess } from '../support/app-process.ts';
import { strikeBalance } from '../support/balance.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { untilInUse } from '../support/until-in-use.ts';
import { addProvider, PROVIDER, toJob } from './provider.ts';
import { createSubmitter } from './submitter.ts';

/** Longer than a lease: whoever holds a job could be taken for dead. */
const AWAY_MS = LEASE_MS + 1_000;
/** The ledger has 3 s to confirm; without that bound the driver waits for 30. */
const UNBOUND_MS = 15_000;

/** A process may say so much about one absence of a store; work under way says a line each. */
const MAX_LINES = 15;

/** How often a process has said that a connection which may block was silent for too long. */
const countGivenUp = (process: AppProcess) =>
  process.lines().filter((line) => line.includes(`${SILENCE_MS.blocking}ms`)).length;

let fleet: Fleet;
let vendor: FakeVendor;
let jobs = 0;
let givenUp: number[] = [];

beforeAll(async () => {
  fleet = await startFleet({ workers: 2 });
  vendor = await startFakeOpenAi();
  await addProvider(fleet, vendor);
  await untilInUse(fleet.client, PROVIDER);
});
afterAll(async () => {
  await fleet.close();
  await vendor.stop();
});
beforeEach(() => vendor.respondAlways({ kind: 'answer' }));

function nextJob() {
  jobs += 1;
  return toJob(`Away ${jobs}`);
}
const submitOnce = () => fleet.client.classifications.submit(nextJob());
const waitFor = (id: string, timeoutMs = 40_000) => fleet.client.classifications.wait(id, { timeoutMs });
const everyone = () => [...fleet.apis, ...fleet.workers, fleet.scheduler];

async function readReady() {
  const response = await fetch(new URL('/readyz', fleet.urls[0]));
  return { status: response.status, body: (await response.json()) as object };
}

/** What each process has printed since, without one line per request. */
function countLines(processes: readonly AppProcess[]): () => number[] {
  const read = (process: AppProcess) => process.lines().filter((line) => !line.includes('"route"')).length;
  const before = processes.map(read);
  return () => processes.map((process, index) => read(process) - (before[index] ?? 0));
}

it.each([
  ['killed', { begin: () => fleet.mongod.kill(), end: () => fleet.mongod.start() }],
  ['frozen', { begin: async () => fleet.mongod.freeze(), end: async () => fleet.mongod.thaw() }],
])(
  'keeps what was answered while the ledger is %s, refuses in time, and goes on by itself',
  async (harm, how) => {
    const lines = countLines(everyone());
    const repeats = await strikeBalance(fleet.store, { untilSettled: false, timeoutMs: 5_000 });
    vendor.respondAlways({ kind: 'delay', ms: 3_000 });
    const called = vendor.calls().length;
    const held = await Promise.all(Array.from({ length: 10 }, submitOnce));
    await eventually(() => vendor.calls().length === called + held.length);
    await how.begin();

    const startedAt = performance.now();
    const refusal = await fleet.client.classifications.submit(nextJob()).catch((error: unknown) => error);
    expect(performance.now() - startedAt).toBeLessThan(UNBOUND_MS);
    expect(refusal).toMatchObject({ status: 503, code: 'store_unavailable', retryAfterMs: 1_000 });
    expect(refusal).toBeInstanceOf(ProblemError);
    const submitter = createSubmitter(fleet.client);
    const late = submitter.submit(nextJob(), `late-${harm}`);
    await eventually(
      async () => {
        const ready = await readReady();
        expect(ready).toMatchObject({ status: 503, body: { stores: { mongodb: 'down', redis: 'up' } } });
        const isLong = performance.now() - startedAt > AWAY_MS;
        return isLong && (submitter.repeats['503'] ?? 0) > 20;
      },
      { timeoutMs: 30_000, everyMs: 200 },
    );
    await how.end();

    for (const { id } of held)
      expect(await waitFor(id)).toMatchObject({ state: 'succeeded', degraded: false });
    expect(await waitFor(await late)).toMatchObject({ state: 'succeeded' });
    await eventually(async () => (await readReady()).status === 200);
    const { repeatedCalls } = await strikeBalance(fleet.store, { untilSettled: false, timeoutMs: 15_000 });
    expect(repeatedCalls - repeats.repeatedCalls).toBe(0);
    expect(everyone().every((process) => process.isRunning())).toBe(true);
    for (const count of lines()) expect(count).toBeLessThanOrEqual(MAX_LINES + held.length);
  },
);

it.each([
  ['killed', { begin: () => fleet.redis.kill(), end: () => fleet.redis.start() }],
  ['frozen', { begin: async () => fleet.redis.freeze(), end: async () => fleet.redis.thaw() }],
  [
    'frozen until workers give up their blocking connections',
    {
      async begin() {
        givenUp = fleet.workers.map(countGivenUp);
        fleet.redis.freeze();
      },
      async end() {
        const gaveUp = (worker: AppProcess, index: number) => countGivenUp(worker) > (givenUp[index] ?? 0);
        await eventually(() => fleet.workers.every(gaveUp), { timeoutMs: 60_000, everyMs: 200 });
        fleet.redis.thaw();
      },
    },
  ],
])('accepts jobs while Redis is %s, and works on them within 30 s of its return', async (_, how) => {
  const lines = countLines(everyone());
  const repeats = await strikeBalance(fleet.store, { untilSettled: false, timeoutMs: 5_000 });
  vendor.respondAlways({ kind: 'delay', ms: 500 });
  const before = await Promise.all(Array.from({ length: 10 }, submitOnce));
  await how.begin();
  const meanwhile = await Promise.all(Array.from({ length: 10 }, submitOnce));
  await eventually(async () => {
    const ready = await readReady();
    expect(ready).toMatchObject({ status: 503, body: { stores: { mongodb: 'up', redis: 'down' } } });
    return true;
  });
  await submitOnce();
  await how.end();

  const ids = [...before, ...meanwhile].map(({ id }) => id);
  const ended = await Promise.all(ids.map((id) => waitFor(id, 30_000)));
  expect(ended.map(({ state }) => state)).toEqual(ids.map(() => 'succeeded'));
  await eventually(async () => (await readReady()).status === 200);
  const { repeatedCalls } = await strikeBalance(fleet.store, { untilSettled: false, timeoutMs: 15_000 });
  expect(repeatedCalls - repeats.repeatedCalls).toBe(0);
  expect(everyone().every((process) => process.isRunning())).toBe(true);
  for (const count of lines()) expect(count).toBeLessThanOrEqual(MAX_LINES);
});

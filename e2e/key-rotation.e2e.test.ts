import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createClient, type Client } from '../shared/src/client/client.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../shared/src/testing/fake-vendors/openai/server.ts';
import type { AppProcess } from './support/app-process.ts';
import { startFleet, type Fleet } from './support/fleet.ts';
import { keepAsking } from './support/keep-asking.ts';
import { understudy } from './support/understudy.ts';

const [ONE, TWO] = [1, 2].map((version) => `${version}:${randomBytes(32).toString('base64')}`) as [
  string,
  string,
];
const ASKED = { providers: ['main'] };
const KEY = 'sk-the-only-key-that-is-let-in';
const PROVIDER = {
  type: 'openai-compatible',
  configuration: { model: 'fake-large', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } },
} as const;

let fleet: Fleet;
let vendor: FakeVendor;
/** The one worker and the one API of the time, and a client of that API. */
let running: Record<'worker' | 'api', AppProcess>;
let client: Client;
beforeAll(async () => {
  vendor = await startFakeOpenAi({ apiKey: KEY });
  fleet = await startFleet({ workers: 1, env: { UNDERSTUDY_MASTER_KEYS: ONE } });
  ({ client } = fleet);
  running = { worker: fleet.workers[0]!, api: fleet.apis[0]! };
});
afterAll(async () => {
  await fleet.close();
  await vendor.stop();
});

function keys(action: string, masterKeys: string) {
  const env = { MONGODB_URI: fleet.mongod.uri, UNDERSTUDY_MASTER_KEYS: masterKeys };
  return understudy(['keys', action], { cwd: tmpdir(), env });
}

test(
  'rotates the master key while jobs run, without one failed call, until the old key can go',
  { timeout: 240_000 },
  async () => {
    await client.providers.create({
      name: 'main',
      baseUrl: vendor.url,
      apiKey: KEY,
      ...PROVIDER,
    });
    const traffic = keepAsking(() => client, ASKED);
    const someMore = async () => {
      const before = traffic.answered();
      await eventually(() => traffic.answered() >= before + 3, { timeoutMs: 30_000 });
    };
    /** One by one, as a rolling restart does: the next is there before the one before goes. */
    const restartWith = async (masterKeys: string) => {
      const env = { UNDERSTUDY_MASTER_KEYS: masterKeys };
      const [worker, api] = await Promise.all([fleet.create('worker', env), fleet.create('api', env)]);
      await Promise.all([worker.app.start(), api.app.start()]);
      client = createClient({ baseUrl: api.url, token: fleet.token });
      await Promise.all([running.worker.stop(), running.api.stop()]);
      running = { worker: worker.app, api: api.app };
      await someMore();
    };

    await someMore();
    const early = await keys('rotate', `${TWO},${ONE}`);
    expect(early).toMatchObject({ status: 1, output: expect.stringMatching(/do not have master key 2/) });

    await restartWith(`${ONE},${TWO}`);
    await restartWith(`${TWO},${ONE}`);
    expect((await keys('status', `${TWO},${ONE}`)).output).toContain('Version 1: is needed');
    const rotated = await keys('rotate', `${TWO},${ONE}`);
    expect(rotated).toMatchObject({
      status: 0,
      output: expect.stringMatching(/1 sealed anew with version 2/),
    });
    await someMore();
    const status = await keys('status', `${TWO},${ONE}`);
    expect(status.status).toBe(0);
    expect(status.output).toMatch(/Version 1: .*can be dropped/);
    await restartWith(TWO);
    expect(await traffic.stop()).toBeGreaterThan(10);

    expect(await fleet.store.attempts.find({ outcome: { $ne: 'succeeded' } }).lean()).toEqual([]);
    expect(await fleet.store.attempts.countDocuments({ 'provider.name': { $ne: 'main' } })).toBe(0);
    expect(vendor.requests.filter(({ headers }) => headers.authorization !== `Bearer ${KEY}`)).toEqual([]);
    expect((await client.providers.read('main')).provider.status.flagged).toBeNull();

    const lost = await keys('status', `3:${randomBytes(32).toString('base64')}`);
    expect(lost.status).toBe(1);
    expect(lost.output).toMatch(
      /Does not open:\n {2}provider keys: main \(prv_\w+\)\. Master key 2 is not in/,
    );
    for (const { output } of [early, rotated, status, lost])
      expect(output).not.toMatch(/[A-Za-z0-9+/]{43}=|sk-the/);
  },
);

test('feeds a provider whose key one worker cannot open, though that worker was the feeder', async () => {
  const { worker: able } = running;
  const { app: unable } = await fleet.create('worker', {
    UNDERSTUDY_MASTER_KEYS: `5:${randomBytes(32).toString('base64')}`,
  });
  const readFeeder = async () => (await fleet.store.leases.findById('feeder').lean())?.holder;
  await unable.start();
  const before = await readFeeder();
  await able.stop();
  await eventually(async () => (await readFeeder()) !== before);
  await able.start();
  const traffic = keepAsking(() => client, ASKED);
  await eventually(() => traffic.answered() >= 2, { timeoutMs: 60_000 });
  await traffic.stop();
  expect((await client.providers.read('main')).provider.status.flagged).toBe('unauthenticated');
});

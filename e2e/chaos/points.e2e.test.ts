import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../shared/src/client/client.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { toProxiedUri } from '../../shared/src/testing/tcp-proxy.ts';
import { countAnnouncements, type Announcements } from '../support/announcements.ts';
import type { AppProcess, Role } from '../support/app-process.ts';
import { strikeBalance } from '../support/balance.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { startHoldingProxy, type HoldingProxy } from '../support/holding-proxy.ts';
import { takeStock } from '../support/take-stock.ts';
import { addProvider, toJob } from './provider.ts';
import { createSubmitter } from './submitter.ts';

/** Where a process is killed: as it sends certain bytes to a store, or when the store has done what they say. */
interface Point {
  store: 'mongodb' | 'redis';
  marker: string;
  when: 'before' | 'after';
}

interface Victim extends AppProcess {
  url: string;
  reached: Promise<void>;
  closeProxies(): Promise<void>;
}

let fleet: Fleet;
let vendor: FakeVendor;
let announced: Announcements;
let victims: Victim[] = [];

beforeAll(async () => {
  fleet = await startFleet({ workers: 0 });
  vendor = await startFakeOpenAi();
  await addProvider(fleet, vendor);
  announced = await countAnnouncements(fleet.redis.uri);
});
afterEach(async () => {
  await Promise.all(victims.map((victim) => victim.closeProxies()));
  victims = [];
});
afterAll(async () => {
  await announced.stop();
  await fleet.close();
  await vendor.stop();
});

/** A process that reaches its stores through proxies of its own, and gets no further than `point`. */
async function startVictim(
  role: Role,
  point: Point | null,
  env: Record<string, string> = {},
): Promise<Victim> {
  const { mongod, redis } = fleet;
  const proxies: Record<Point['store'], HoldingProxy> = {
    mongodb: await startHoldingProxy(new URL(mongod.uri).host),
    redis: await startHoldingProxy(new URL(redis.uri).host),
  };
  const stores = {
    MONGODB_URI: toProxiedUri(mongod.uri, proxies.mongodb),
    REDIS_URL: toProxiedUri(redis.uri, proxies.redis),
  };
  const { app, url } = await fleet.create(role, { ...stores, ...env });
  const reached = point ? proxies[point.store].hold(point.marker, point.when) : Promise.resolve();
  await app.start();
  const victim = {
    ...app,
    url,
    reached,
    closeProxies: async () => void (await Promise.all(Object.values(proxies).map((proxy) => proxy.close()))),
  };
  victims.push(victim);
  return victim;
}

/** Every accepted job has ended well, is told once, charged once, and counted. */
async function expectAllInOrder(accepted: string[]) {
  const stock = await takeStock(fleet.client, { announced, accepted, timeoutMs: 30_000 });
  expect(stock).toMatchObject({
    accepted: accepted.length,
    degraded: 0,
    failed: {},
    lost: 0,
    announcedOtherwise: 0,
    chargedOtherwise: 0,
  });
  const balance = await strikeBalance(fleet.store, { untilSettled: false, timeoutMs: 15_000 });
  expect(balance.miscounted).toEqual({ requests: 0, costNanoUsd: 0 });
}

/** In the order in which a job comes by. */
const WORKER_POINTS: Record<string, Point> = {
  'the claim is asked for': { store: 'mongodb', marker: '$ifNull', when: 'before' },
  'the claim is made': { store: 'mongodb', marker: '$ifNull', when: 'after' },
  'the attempt is written': { store: 'mongodb', marker: 'reservedNanoUsd', when: 'after' },
  'the answer is there': { store: 'mongodb', marker: 'priceVersion', when: 'before' },
  'the attempt is settled': { store: 'mongodb', marker: 'priceVersion', when: 'after' },
  'the end is asked for': { store: 'mongodb', marker: 'passedOver', when: 'before' },
  'the job has ended': { store: 'mongodb', marker: 'passedOver', when: 'after' },
  'the end is to be told': { store: 'redis', marker: '"state":"succeeded"', when: 'before' },
  'the end is told': { store: 'redis', marker: '"state":"succeeded"', when: 'after' },
};

it('ends every job once whose worker is killed between any two of its steps', async () => {
  const submitter = createSubmitter(fleet.client);
  const held = await Promise.all(
    Object.values(WORKER_POINTS).map((point) => startVictim('worker', point, { WORKER_CONCURRENCY: '1' })),
  );
  for (const [index] of held.entries()) await submitter.submit(toJob(`Billing ${index}`), `worker-${index}`);
  await Promise.all(held.map(({ reached }) => reached));
  await Promise.all(held.map((victim) => victim.kill()));

  const { app: rescuer } = await fleet.create('worker');
  await rescuer.start();
  await expectAllInOrder(submitter.accepted);
  expect(submitter.repeats).toEqual({});
  await rescuer.kill();
});

const API_POINTS: Record<string, Point> = {
  'the key is to be reserved': { store: 'mongodb', marker: 'bodyHmac', when: 'before' },
  'the key is reserved': { store: 'mongodb', marker: 'bodyHmac', when: 'after' },
  'the job is to be written': { store: 'mongodb', marker: 'Billing of an api', when: 'before' },
  'the job is written': { store: 'mongodb', marker: 'Billing of an api', when: 'after' },
  'the job is to be queued': { store: 'redis', marker: 'classification.dispatch', when: 'before' },
  'the job is queued': { store: 'redis', marker: 'classification.dispatch', when: 'after' },
};

it('makes one job and one call of a submit whose API is killed between any two of its steps', async () => {
  const { app: worker } = await fleet.create('worker');
  await worker.start();
  const before = vendor.requests.length;
  const held = await Promise.all(Object.values(API_POINTS).map((point) => startVictim('api', point)));
  const texts = held.map((_, index) => `Billing of an api ${index}`);
  for (const [index, { url, reached }] of held.entries()) {
    const client = createClient({ baseUrl: url, token: fleet.token });
    const text = texts[index] ?? '';
    void client.classifications.submit(toJob(text), { idempotencyKey: text }).catch(() => {});
    await reached;
  }
  await Promise.all(held.map((victim) => victim.kill()));
  const submitter = createSubmitter(fleet.client);
  for (const text of texts) await submitter.submit(toJob(text), text);

  await expectAllInOrder(submitter.accepted);
  expect(new Set(submitter.accepted).size).toBe(texts.length);
  expect(
    await fleet.store.jobs.countDocuments({ text: { $in: texts.map((text) => toJob(text).text) } }),
  ).toBe(texts.length);
  const asked = vendor.requests.slice(before).flatMap(({ question }) => (question ? [question.text] : []));
  expect(asked.toSorted()).toEqual(texts.map((text) => toJob(text).text));
});

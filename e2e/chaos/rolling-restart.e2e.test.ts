import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient } from '../../shared/src/client/client.ts';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { takeStock } from '../support/take-stock.ts';
import { countAnnouncements } from '../support/announcements.ts';
import type { AppProcess } from '../support/app-process.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { startRoundRobin, type RoundRobin } from '../support/round-robin.ts';
import { startLoad } from './load.ts';
import { untilInUse } from '../support/until-in-use.ts';
import { addProvider, PROVIDER, toJob } from './provider.ts';
import { createSubmitter } from './submitter.ts';

/** What a process may take to end, by its supervisor's leave. */
const END_MS = 15_000;

let fleet: Fleet;
let vendor: FakeVendor;
let balancer: RoundRobin;
beforeAll(async () => {
  fleet = await startFleet({ apis: 2, workers: 2 });
  vendor = await startFakeOpenAi();
  balancer = await startRoundRobin(fleet.urls);
  await addProvider(fleet, vendor);
  await untilInUse(fleet.client, PROVIDER);
});
afterAll(async () => {
  await balancer.close();
  await fleet.close();
  await vendor.stop();
});

async function restart(app: AppProcess) {
  const { code, ms } = await app.stop();
  expect(code).toBe(0);
  expect(ms).toBeLessThan(END_MS);
  await app.start();
}

it('loses nothing and fails no request while every process is restarted under load', async () => {
  vendor.respondAlways({ kind: 'delay', ms: 200 });
  const announced = await countAnnouncements(fleet.redis.uri);
  const client = createClient({ baseUrl: balancer.url, token: fleet.token });
  const submitter = createSubmitter(client);
  const load = startLoad(submitter, { name: 'Rolling', rate: 25 });
  for (const app of [...fleet.apis, ...fleet.workers, fleet.scheduler]) await restart(app);
  const submitted = await load.stop();

  const { accepted } = submitter;
  const stock = await takeStock(client, { announced, accepted, timeoutMs: 30_000 });
  await announced.stop();
  expect(new Set(accepted).size).toBe(submitted);
  expect(stock).toMatchObject({
    accepted: submitted,
    inTime: submitted,
    lost: 0,
    announcedOtherwise: 0,
    chargedOtherwise: 0,
  });
  const { 200: _read, 202: taken = 0, 503: _retryable, ...otherwise } = balancer.outcomes;
  expect(otherwise).toEqual({});
  expect(taken).toBeGreaterThanOrEqual(submitted);
});

it('gives a call that outlasts the drain to another worker, and ends in time', async () => {
  vendor.respondWith({ kind: 'hang' });
  const { id } = await fleet.client.classifications.submit(toJob('Long'));
  await eventually(() => vendor.requests.some(({ question }) => question?.text.startsWith('Long')));
  const claim = (await fleet.store.jobs.findById(id).lean())?.claim;
  const holder = fleet.workers.find((worker) => claim?.workerId.includes(`:${worker.pid()}:`));
  const exit = await holder?.stop();
  expect(exit).toMatchObject({ code: 0 });
  expect(exit?.ms).toBeLessThan(END_MS);
  const job = await fleet.client.classifications.wait(id, { timeoutMs: 20_000 });
  expect(job).toMatchObject({
    state: 'succeeded',
    attempts: [{ outcome: 'aborted' }, { outcome: 'succeeded' }],
  });
});

it.each([
  ['MongoDB', () => fleet.mongod],
  ['Redis', () => fleet.redis],
])('ends in time although %s is frozen', async (_, toStore) => {
  const { app: api } = await fleet.create('api');
  const { app: worker } = await fleet.create('worker');
  const { app: scheduler } = await fleet.create('scheduler');
  await Promise.all([api.start(), worker.start(), scheduler.start()]);
  toStore().freeze();
  const exits = await Promise.all([api, worker, scheduler].map((app) => app.stop()));
  toStore().thaw();
  expect(exits.map(({ signal }) => signal)).toEqual([null, null, null]);
  for (const { ms } of exits) expect(ms).toBeLessThan(END_MS + 1_000);
});

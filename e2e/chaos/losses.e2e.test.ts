import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../../shared/src/testing/eventually.ts';
import type { FakeVendor } from '../../shared/src/testing/fake-vendors/fake-vendor.ts';
import { startFakeOpenAi } from '../../shared/src/testing/fake-vendors/openai/server.ts';
import { buildJob } from '../../shared/src/testing/builders.ts';
import { countAnnouncements } from '../support/announcements.ts';
import { startFleet, type Fleet } from '../support/fleet.ts';
import { HARMS } from './harms.ts';
import { untilInUse } from '../support/until-in-use.ts';
import { addProvider, PROVIDER, toJob } from './provider.ts';
import { createSubmitter } from './submitter.ts';

const RECOVERY_MS = 10_000;
const WIPE_RECOVERY_MS = 5_000;

let fleet: Fleet;
let vendor: FakeVendor;
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

const asked = (prefix: string) =>
  vendor.requests.flatMap(({ question }) => (question?.text.startsWith(prefix) ? [question.text] : []));
const waitFor = (id: string) => fleet.client.classifications.wait(id, { timeoutMs: 40_000 });

/** Submits jobs until the given worker holds some of them, each in a call that hangs; gives those. */
async function hangJobsOn(worker: { pid(): number }, name: string, count: number) {
  vendor.respondAlways({ kind: 'hang' });
  const jobs = Array.from({ length: count }, (_, index) => toJob(`${name} ${index}`));
  await Promise.all(jobs.map((job) => fleet.client.classifications.submit(job)));
  await eventually(() => asked(name).length === count);
  vendor.respondAlways({ kind: 'answer' });
  const held = await fleet.store.jobs
    .find({ text: { $regex: `^${name} ` }, 'claim.workerId': { $regex: `:${worker.pid()}:` } }, { _id: 1 })
    .lean();
  expect(held.length).toBeGreaterThan(0);
  return held.map(({ _id }) => _id);
}

it('has the jobs of a killed worker running elsewhere within 10 s', async () => {
  const [victim] = fleet.workers;
  const held = await hangJobsOn(victim!, 'Orphan', 20);
  const killedAt = Date.now();
  await victim!.kill();
  const secondCalls = await Promise.all(
    held.map((jobId) =>
      eventually(async () => (await fleet.store.attempts.findOne({ jobId, number: 2 }).lean()) ?? false, {
        timeoutMs: 30_000,
      }),
    ),
  );
  const delays = secondCalls.map(({ startedAt }) => startedAt.getTime() - killedAt);
  expect(Math.max(...delays)).toBeLessThan(RECOVERY_MS);
  for (const id of held) expect(await waitFor(id)).toMatchObject({ state: 'succeeded' });
  await victim!.start();
});

it('lets a worker wake that was frozen for longer than its claims, and come to no harm by it', async () => {
  const announced = await countAnnouncements(fleet.redis.uri);
  const [sleeper] = fleet.workers;
  const held = await hangJobsOn(sleeper!, 'Sleeper', 20);
  sleeper!.freeze();
  for (const id of held) expect(await waitFor(id)).toMatchObject({ state: 'succeeded' });
  const before = await fleet.store.jobs.find({ _id: { $in: held } }, { result: 1, finishedAt: 1 }).lean();
  sleeper!.thaw();
  // It notices by itself: it hangs up, and settles its attempts.
  await eventually(
    async () =>
      (await fleet.store.attempts.countDocuments({ jobId: { $in: held }, outcome: 'pending' })) === 0,
    { timeoutMs: 20_000 },
  );
  const after = await fleet.store.jobs.find({ _id: { $in: held } }, { result: 1, finishedAt: 1 }).lean();
  expect(after).toEqual(before);
  for (const id of held) {
    // What the sleeper's attempt cost is part of the job's usage in the end.
    await eventually(async () => {
      const job = await fleet.client.classifications.get(id);
      expect(job.attempts.map(({ outcome }) => outcome)).toEqual(['aborted', 'succeeded']);
      const cost = job.attempts.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
      expect(job.usage.costUsd).toBeCloseTo(cost, 9);
    });
    expect(announced.counts.get(id)).toBe(1);
  }
  await announced.stop();
});

it('makes one job and one call of fifty concurrent submits with one key, while the API is killed twice', async () => {
  const submitter = createSubmitter(fleet.client);
  const submits = Promise.all(Array.from({ length: 50 }, () => submitter.submit(toJob('Twin'), 'twins')));
  for (let kills = 0; kills < 2; kills += 1) {
    await fleet.apis[0]!.kill();
    await fleet.apis[0]!.start();
  }
  const [id] = await submits;
  expect(new Set(await submits)).toEqual(new Set([id]));
  expect(await waitFor(id!)).toMatchObject({ state: 'succeeded' });
  expect(asked('Twin')).toHaveLength(1);
  expect(await fleet.store.jobs.countDocuments({ text: toJob('Twin').text })).toBe(1);
  await expect(
    fleet.client.classifications.submit(toJob('Other'), { idempotencyKey: 'twins' }),
  ).rejects.toMatchObject({
    status: 422,
    code: 'idempotency_key_reused',
  });
});

it('notices at once that Redis was wiped with 20,000 jobs waiting, and works on within 5 s', async () => {
  vendor.respondAlways({ kind: 'delay', ms: 400 });
  for (let laid = 0; laid < 20_000; laid += 10_000) {
    const jobs = Array.from({ length: 10_000 }, () =>
      buildJob({ waiting: true, allowDegraded: false, route: 'any' }),
    );
    await fleet.store.jobs.collection.insertMany(jobs as never);
  }
  const countEnded = () => fleet.store.jobs.countDocuments({ state: 'succeeded' });
  const atFirst = await countEnded();
  await eventually(async () => (await countEnded()) > atFirst + 200);
  await HARMS['wipe redis'](fleet);
  const wipedAt = new Date();
  const fresh = await eventually(
    async () =>
      (await fleet.store.jobs.findOne({ startedAt: { $gt: wipedAt }, state: 'succeeded' }).lean()) ?? false,
    { timeoutMs: 30_000 },
  );
  expect(fresh.finishedAt!.getTime() - wipedAt.getTime()).toBeLessThan(WIPE_RECOVERY_MS);
  const inWindow = await fleet.store.jobs.countDocuments({ state: 'queued', waiting: false });
  expect(inWindow).toBeLessThan(1_000);
});

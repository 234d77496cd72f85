import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { readEpoch } from '@understudy/shared/jobs/epoch';
import { systemClock } from '@understudy/shared/runtime/clock';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import type { AttemptDocument, AttemptEnd } from '@understudy/shared/store/attempts/model';
import { PROGRESS_ID } from '@understudy/shared/store/availability/model';
import { readAvailability } from '@understudy/shared/store/availability/read-availability';
import { toNative } from '@understudy/shared/store/define-model';
import { LEASE_MS } from '@understudy/shared/store/jobs/claim-job';
import { closeExpiredJobs } from '@understudy/shared/store/jobs/close-expired-jobs';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { toDelivery } from '@understudy/shared/store/webhooks/insert-deliveries';
import { buildAttempt, buildAttemptEnd, buildBatch, buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import type { PooledProvider } from '../providers/provider-pool.ts';
import { createBatchProgress } from '../relay/batch-progress.ts';
import { createRelay } from '../relay/relay.ts';
import { buildPooled } from '../testing/build-provider.ts';
import { createDeliveryLanes } from '../webhooks/delivery-lanes.ts';
import { createAnnouncer } from '../webhooks/announcer.ts';
import { createUpkeepHandlers, type UpkeepDeps } from './create-upkeep-handlers.ts';

let bed: TestBed;
let producer: Producer;
let deps: UpkeepDeps;
let upkeep: ReturnType<typeof createUpkeepHandlers>;
let epoch: string;
let providers: PooledProvider[];
let textDays: number;
/** Calls that hold a part of a budget, with what they were settled at. */
let unsettled: Map<string, number | null>;

beforeAll(async () => {
  bed = await createTestBed();
  producer = createProducer(bed);
  const relay = createRelay(bed);
  const clock = systemClock;
  const settings = { current: () => dispatchConfig.parse({ retention: { textDays } }) };
  deps = {
    ...bed,
    producer,
    relay,
    batches: createBatchProgress({ ...bed, relay, clock }),
    settings,
    pool: { list: () => providers },
    admission: {
      findUnsettled: async () => [...unsettled.keys()],
      settle: async (_, callId, costNanoUsd) => void unsettled.set(callId, costNanoUsd),
      charge: async () => {},
    },
    clock,
    deliveryLanes: createDeliveryLanes({ ...bed, producer, clock }),
    announcer: createAnnouncer({ store: bed.store, clock }),
    publicUrl: 'https://understudy.test',
  };
});
afterAll(async () => {
  await producer.close();
  await bed.close();
});
beforeEach(async () => {
  upkeep = createUpkeepHandlers(deps);
  providers = [];
  textDays = 30;
  unsettled = new Map();
  vi.restoreAllMocks();
  const { jobs, attempts, usageBuckets, availabilityBuckets } = bed.store;
  await Promise.all([
    jobs.deleteMany({}),
    attempts.deleteMany({}),
    usageBuckets.deleteMany({}),
    availabilityBuckets.deleteMany({}),
  ]);
  await bed.wipeRedis();
  epoch = await readEpoch(bed.redis, bed.prefix);
});

/** By the clock of the tasks, so that a slow machine makes nothing older. */
const ago = (ms: number) => new Date(deps.clock.now() - ms);
const ahead = (ms: number) => new Date(Date.now() + ms);
const claim = (token: string, leaseUntil = ago(1_000)) => ({ token, workerId: 'dead', leaseUntil });

async function insert(overrides: Partial<JobDocument> = {}): Promise<string> {
  const job = buildJob(overrides);
  await bed.store.jobs.create(job);
  return job._id;
}
/** A job as a worker leaves it that was killed while it had it. */
const insertLapsed = (overrides: Partial<JobDocument> = {}) =>
  insert({ state: 'processing', claim: claim('dead'), startedAt: ago(10_000), ...overrides });
async function attempt(overrides: Partial<AttemptDocument & Omit<AttemptEnd, 'outcome'>> = {}) {
  const document = buildAttempt({ claimToken: 'dead', ...overrides });
  await bed.store.attempts.create(document);
  return document._id;
}
/** An attempt as a worker leaves it that was killed during the call. */
const orphan = (overrides: Partial<AttemptDocument> = {}) =>
  attempt({ startedAt: ago(60_000), limitAt: ago(50_000), ...overrides });
const read = (id: string) => bed.store.jobs.findById(id).lean<JobDocument>();
const readAttempt = (id: string) => bed.store.attempts.findById(id).lean<AttemptDocument>();

it('frees a lapsed claim: the job waits for the feeder again', async () => {
  const id = await insertLapsed();
  const held = await insertLapsed({ claim: claim('alive', ahead(5_000)) });
  await upkeep['upkeep.claims']({});
  expect(await read(id)).toMatchObject({
    state: 'queued',
    claim: null,
    waiting: true,
    crashes: 1,
  });
  expect(await read(held)).toMatchObject({ state: 'processing', waiting: false });
});

it('lets a claim run on for no longer than a lease where the ledger’s clock was set back', async () => {
  const id = await insertLapsed({ claim: claim('dead', ahead(3_600_000)) });
  await upkeep['upkeep.claims']({});
  const held = await read(id);
  expect(held).toMatchObject({ state: 'processing', claim: { token: 'dead' }, crashes: 0 });
  expect(Number(held?.claim?.leaseUntil)).toBeLessThanOrEqual(Number(ahead(LEASE_MS)));
});

it('leaves alone for now what a ledger tells late: it may have stood still, and its clock not', async () => {
  const id = await insertLapsed();
  let nowMs = 0;
  const clock = { ...systemClock, monotonic: () => (nowMs += 4_000) };
  await createUpkeepHandlers({ ...deps, clock })['upkeep.claims']({});
  expect(await read(id)).toMatchObject({ state: 'processing' });
  await upkeep['upkeep.claims']({});
  expect(await read(id)).toMatchObject({ state: 'queued' });
});

it('fails a job whose worker died for the fifth time in a row, and announces it', async () => {
  const doomed = await insertLapsed({ crashes: 4 });
  const fourth = await insertLapsed({ crashes: 3 });
  await upkeep['upkeep.claims']({});
  expect(await read(doomed)).toMatchObject({
    state: 'failed',
    error: { code: 'worker_crashed' },
    claim: null,
    announce: { eventId: expect.stringMatching(/^evt_/) },
    finishedAt: expect.any(Date),
  });
  expect(await read(fourth)).toMatchObject({ state: 'queued', crashes: 4 });
});

it('does not hold a crash against a job whose claim had settled an attempt', async () => {
  const id = await insertLapsed({ crashes: 4 });
  await attempt({
    jobId: id,
    ...buildAttemptEnd({ outcome: 'failed', fault: 'network' }),
    settledAt: ago(2_000),
  });
  await upkeep['upkeep.claims']({});
  expect(await read(id)).toMatchObject({ state: 'queued', crashes: 0 });
});

it('settles an orphaned attempt by an estimate and adds it to the ended job', async () => {
  const jobId = await insert({ state: 'succeeded', finishedAt: ago(20_000) });
  const end = buildAttemptEnd({ costNanoUsd: 1_000 });
  await attempt({ jobId, number: 2, claimToken: 'second', ...end, settledAt: ago(20_000) });
  const id = await orphan({ jobId, reservedNanoUsd: 7_000 });
  await upkeep['upkeep.claims']({});
  const settled = await readAttempt(id);
  expect(settled).toMatchObject({
    outcome: 'aborted',
    fault: null,
    message: 'The worker died during the call.',
    pricing: 'estimated',
    settledAt: expect.any(Date),
    counted: false,
  });
  expect(settled?.costNanoUsd).toBe(7_000);
  expect((await read(jobId))?.usage).toMatchObject({
    costNanoUsd: 1_000 + settled!.costNanoUsd!,
    pricing: 'estimated',
    inputTokens: 100,
  });
});

it('never takes an unknown price of an orphan for nothing', async () => {
  const jobId = await insert({ state: 'failed' });
  const id = await orphan({ jobId });
  await upkeep['upkeep.claims']({});
  expect(await readAttempt(id)).toMatchObject({ outcome: 'aborted', pricing: 'unpriced', costNanoUsd: null });
  expect((await read(jobId))?.usage).toMatchObject({ pricing: 'unpriced', costNanoUsd: null });
});

it('settles the orphans of tests and checks, which have no job', async () => {
  const id = await orphan({ purpose: 'health', jobId: 'chk_1', claimToken: 'chk_1' });
  await upkeep['upkeep.claims']({});
  expect(await readAttempt(id)).toMatchObject({ outcome: 'aborted' });
});

it('leaves an attempt alone that its worker may still settle', async () => {
  const jobId = await insert({ state: 'processing', claim: claim('dead', ahead(5_000)) });
  const held = await orphan({ jobId });
  const recent = await orphan({ limitAt: ago(5_000) });
  await upkeep['upkeep.claims']({});
  expect(await readAttempt(held)).toMatchObject({ outcome: 'pending' });
  expect(await readAttempt(recent)).toMatchObject({ outcome: 'pending' });
});

it('fails jobs past their deadline that nobody holds', async () => {
  const past = { deadlineAt: ago(10) };
  const ids = await Promise.all([
    insert(past),
    insert({ ...past, state: 'deferred', deferred: { reason: 'paused', nextTryAt: ahead(1_000) } }),
    insertLapsed(past),
  ]);
  const held = await insertLapsed({ ...past, claim: claim('alive', ahead(5_000)) });
  const open = await insert();
  await upkeep['upkeep.deadlines']({});
  for (const id of ids) {
    expect(await read(id)).toMatchObject({ state: 'failed', error: { code: 'deadline_exceeded' } });
  }
  expect(await read(held)).toMatchObject({ state: 'processing' });
  expect(await read(open)).toMatchObject({ state: 'queued' });
});

it('fails no job early on a machine whose clock is ahead', async () => {
  const id = await insert({ deadlineAt: ahead(60_000) });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
  onTestFinished(() => void vi.useRealTimers());
  await upkeep['upkeep.deadlines']({});
  expect(await read(id)).toMatchObject({ state: 'queued' });
});

it('leaves a job alone that was closed and tried again while it was frozen', async () => {
  const id = await insert({ deadlineAt: ago(10) });
  const jobs = toNative(bed.store.jobs);
  const bulkWrite = jobs.bulkWrite.bind(jobs);
  vi.spyOn(jobs, 'bulkWrite').mockImplementationOnce((async (...args: Parameters<typeof bulkWrite>) => {
    await closeExpiredJobs(bed.store, { limit: 10, erasesText: false });
    expect(await retryJobs(bed.store, [id], { evenUntold: true })).toBe(1);
    return bulkWrite(...args);
  }) as never);
  await upkeep['upkeep.deadlines']({});
  expect(await read(id)).toMatchObject({ state: 'queued', error: null });
});

it('relays what a dead worker announced, once', async () => {
  const stale = await insert({ state: 'succeeded', announce: { eventId: 'evt_1', at: ago(6_000) } });
  const fresh = await insert({ state: 'succeeded', announce: { eventId: 'evt_2', at: ago(1_000) } });
  await upkeep['upkeep.announcements']({});
  await upkeep['upkeep.announcements']({});
  const events = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
  expect(events.map(([, fields]) => JSON.parse(fields[1]!) as unknown)).toMatchObject([
    { type: 'job.updated', id: stale, state: 'succeeded' },
  ]);
  expect((await read(stale))?.announce).toBeUndefined();
  expect((await read(fresh))?.announce).toBeDefined();
});

it('counts what a dead process settled and did not count, once', async () => {
  await attempt({ ...buildAttemptEnd(), settledAt: ago(6_000) });
  await attempt({ ...buildAttemptEnd(), settledAt: ago(1_000) });
  await upkeep['upkeep.usage']({});
  await upkeep['upkeep.usage']({});
  const buckets = await bed.store.usageBuckets.find().lean();
  expect(buckets.map(({ requests }) => requests)).toEqual([1]);
});

it('rolls up how accepted jobs fared', async () => {
  await insert({ state: 'succeeded', createdAt: ago(120_000), finishedAt: ago(119_000) });
  await upkeep['upkeep.usage']({});
  expect(await readAvailability(bed.store, Date.now(), '30d')).toMatchObject({ accepted: 1, answered: 1 });
});

it('rolls up to the ledger’s now, and no further where a worker’s clock is ahead', async () => {
  const clock = { ...deps.clock, now: () => Date.now() + 3_600_000 };
  await createUpkeepHandlers({ ...deps, clock })['upkeep.usage']({});
  const progress = await bed.store.availabilityBuckets.findById(PROGRESS_ID).lean();
  expect(progress?.at.getTime()).toBeLessThan(Date.now());
});

it('leaves an upload the time that the API gives it, by the ledger’s clock', async () => {
  const seen = (agoMs: number) => buildBatch({ state: 'receiving', uploadId: null, seenAt: ago(agoMs) });
  const [slow, broken] = [seen(15 * 60_000), seen(21 * 60_000)];
  await bed.store.batches.create([slow, broken]);
  const clock = { ...deps.clock, now: () => Date.now() + 3_600_000 };
  await createUpkeepHandlers({ ...deps, clock })['upkeep.batches']({});
  const left = await bed.store.batches.find({ state: 'receiving' }, { _id: 1 }).lean();
  expect(left.map(({ _id }) => _id)).toEqual([slow._id]);
});

it('gives up deliveries whose time is over by the ledger’s clock, whatever a worker’s says', async () => {
  const from = { target: 'none', webhookId: null, client: 'default', url: 'https://receiver.test/' };
  const what = { type: 'classification.succeeded' as const, jobId: 'job_1', body: null, once: false };
  const begun = (eventId: string, hours: number) =>
    toDelivery({ eventId, ...from, ...what }, ago(hours * 3_600_000));
  await bed.store.deliveries.create([begun('evt_young', 1), begun('evt_old', 27)]);
  const clock = { ...deps.clock, now: () => Date.now() + 30 * 3_600_000 };
  await createUpkeepHandlers({ ...deps, clock })['upkeep.webhooks']({});
  const states = await bed.store.deliveries.find().sort({ roundAt: 1 }).lean();
  expect(states.map(({ eventId, state }) => [eventId, state])).toEqual([
    ['evt_old', 'failed'],
    ['evt_young', 'pending'],
  ]);
});

it('does what is to be done once, where two processes do it at the same time', async () => {
  const ids = await Promise.all(Array.from({ length: 30 }, () => insertLapsed()));
  const twin = createUpkeepHandlers(deps);
  await Promise.all([upkeep['upkeep.claims']({}), twin['upkeep.claims']({})]);
  const jobs = await bed.store.jobs.find({ _id: { $in: ids } }).lean();
  expect(jobs.map(({ waiting, crashes }) => ({ waiting, crashes }))).toEqual(
    ids.map(() => ({ waiting: true, crashes: 1 })),
  );
});

it('costs the same however many jobs are finished', async () => {
  await insertLapsed();
  await orphan();
  await insert({ enqueuedEpoch: epoch, enqueuedAt: ago(60_000) });
  await insert({ deadlineAt: ago(10) });
  await insert({ state: 'succeeded', announce: { eventId: 'evt_1', at: ago(6_000) } });
  const createdAt = ago(3_600_000);
  const finished = Array.from({ length: 3_000 }, (_, index) =>
    buildJob({
      createdAt,
      state: index % 2 ? 'succeeded' : 'failed',
      finishedAt: createdAt,
      enqueuedEpoch: epoch,
    }),
  );
  await toNative(bed.store.jobs).insertMany(finished);
  const end = { ...buildAttemptEnd(), settledAt: createdAt, limitAt: createdAt, counted: true };
  await toNative(bed.store.attempts).insertMany(
    finished.map(({ _id }) => ({ ...buildAttempt({ jobId: _id }), ...end })),
  );
  // Rolled up once: what follows reads only what is new.
  await upkeep['upkeep.usage']({});

  const { db } = bed.store.connection;
  await db!.setProfilingLevel('all');
  for (const run of Object.values(upkeep)) await run({});
  await db!.setProfilingLevel('off');

  const profiled = await db!
    .collection('system.profile')
    .find({ ns: /\.(jobs|attempts|usage_buckets)$/ })
    .toArray();
  expect(profiled.length).toBeGreaterThan(10);
  const costly = profiled.filter(
    ({ planSummary, docsExamined, keysExamined }) =>
      String(planSummary).includes('COLLSCAN') || docsExamined > 20 || keysExamined > 20,
  );
  expect(
    costly.map(({ command, planSummary, keysExamined }) => ({ command, planSummary, keysExamined })),
  ).toEqual([]);
});

it('settles what nobody released in a budget by what its attempt cost, and as nothing where there was no call', async () => {
  providers = [buildPooled({ configuration: { monthlyBudgetUsd: 5 as never } })];
  const [settled, pending, cut] = [
    await attempt({ ...buildAttemptEnd({ costNanoUsd: 1_234 }), settledAt: ago(60_000) }),
    await attempt({ number: 2, reservedNanoUsd: 5_000 }),
    await attempt({
      number: 3,
      ...buildAttemptEnd({ costNanoUsd: null, pricing: 'unpriced' }),
      settledAt: ago(60_000),
      reservedNanoUsd: 5_000,
    }),
  ];
  unsettled = new Map([settled, pending, cut, 'att_never_begun'].map((id) => [id, null]));
  await upkeep['upkeep.reservations']({});
  expect([...unsettled.values()]).toEqual([1_234, null, 5_000, 0]);
});

it('leaves providers alone that have no budget', async () => {
  providers = [buildPooled()];
  unsettled = new Map([['att_1', null]]);
  await upkeep['upkeep.reservations']({});
  expect([...unsettled.values()]).toEqual([null]);
});

it('erases the text of a job that it ends, where texts are kept for no day, and keeps it elsewhere', async () => {
  const ended = () => Promise.all([insert({ deadlineAt: ago(10) }), insertLapsed({ crashes: 4 })]);
  const kept = await ended();
  await upkeep['upkeep.deadlines']({});
  await upkeep['upkeep.claims']({});
  textDays = 0;
  const erased = await ended();
  await upkeep['upkeep.deadlines']({});
  await upkeep['upkeep.claims']({});
  const texts = async (ids: string[]) =>
    (await Promise.all(ids.map(read))).map((job) => [job?.state, job?.text]);
  expect(await texts(kept)).toEqual(kept.map(() => ['failed', buildJob().text]));
  expect(await texts(erased)).toEqual(erased.map(() => ['failed', null]));
});

/** A job under a lapsed claim, with an attempt that was settled and paid for before that. */
async function insertPaid(overrides: Partial<JobDocument>) {
  const id = await insertLapsed({ attemptCount: 1, ...overrides });
  const end = buildAttemptEnd({ outcome: 'failed', fault: 'invalid_output', costNanoUsd: 42_000 });
  await attempt({ jobId: id, claimToken: 'an earlier one', ...end, settledAt: ago(2_000) });
  return id;
}

it('counts what was paid for in the usage of a job that it closes at its deadline or fails for its crashes', async () => {
  const usage = { costNanoUsd: 42_000, pricing: 'priced' };
  const late = await insertPaid({ deadlineAt: ago(1) });
  await upkeep['upkeep.deadlines']({});
  expect(await read(late)).toMatchObject({ error: { code: 'deadline_exceeded' }, usage });
  const crashed = await insertPaid({ crashes: 4 });
  await upkeep['upkeep.claims']({});
  expect(await read(crashed)).toMatchObject({ error: { code: 'worker_crashed' }, usage });
});

import { dispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { readEpoch } from '@understudy/shared/jobs/epoch';
import { createProducer, type Producer } from '@understudy/shared/jobs/producer';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { cancelJobs } from '@understudy/shared/store/jobs/cancel-jobs';
import { countBacklog } from '@understudy/shared/store/jobs/count-backlog';
import { eraseJobs } from '@understudy/shared/store/jobs/erase-jobs';
import { returnDueJobs, returnLostJobs, wakeDeferredJobs } from '@understudy/shared/store/jobs/return-jobs';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import {
  findNextClientLane,
  findNextLane,
  findWaitingJobs,
  takeWaitingJobs,
} from '@understudy/shared/store/jobs/waiting-jobs';
import { readSpent } from '@understudy/shared/store/usage/read-spent';
import { buildAttempt, buildAttemptEnd, buildJob } from '@understudy/shared/testing/builders';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createUpkeepHandlers } from './create-upkeep-handlers.ts';
import { createBatchProgress } from '../relay/batch-progress.ts';
import { createDeliveryLanes } from '../webhooks/delivery-lanes.ts';
import { createAnnouncer } from '../webhooks/announcer.ts';
import { createRelay } from '../relay/relay.ts';
import { createFakeClock } from '../testing/fake-clock.ts';

const FINISHED = 20_000;
/** Beyond what it gives: the end of a range, the next key of a skip, a job that was named and does not fit. */
const SLACK = 8;

let bed: TestBed;
let producer: Producer;
let upkeep: ReturnType<typeof createUpkeepHandlers>;
let epoch: string;
let live: string[];
const ago = (ms: number) => new Date(Date.now() - ms);
const provider = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;

beforeAll(async () => {
  bed = await createTestBed();
  producer = createProducer(bed);
  epoch = await readEpoch(bed.redis, bed.prefix);
  const clock = createFakeClock();
  const relay = createRelay(bed);
  upkeep = createUpkeepHandlers({
    ...bed,
    producer,
    relay,
    batches: createBatchProgress({ ...bed, relay, clock }),
    settings: { current: () => dispatchConfig.parse({}) },
    pool: { list: () => [] },
    admission: {
      findUnsettled: async () => [],
      settle: async () => undefined,
      charge: async () => undefined,
    },
    clock,
    deliveryLanes: createDeliveryLanes({ ...bed, producer, clock }),
    announcer: createAnnouncer({ store: bed.store, clock }),
    publicUrl: 'https://understudy.test',
  });
  await fill();
  // What follows reads only what is new.
  await upkeep['upkeep.usage']({});
});
afterAll(async () => {
  await producer.close();
  await bed.close();
});

/** Ended jobs in which every field that upkeep looks for still has what it had last. */
async function fill() {
  const at = ago(3_600_000);
  const ended = Array.from({ length: FINISHED }, (_, index) =>
    buildJob({
      state: (['succeeded', 'failed', 'cancelled'] as const)[index % 3] ?? 'failed',
      createdAt: at,
      finishedAt: at,
      deadlineAt: at,
      enqueuedAt: at,
      inQueueSince: at,
      enqueuedEpoch: index % 2 ? epoch : 'another',
      waiting: index % 5 === 0,
      passedOver: [{ provider, reason: 'cooldown', until: null }],
      attemptCount: 1,
    }),
  );
  await bed.store.jobs.collection.insertMany(ended as never);
  const end = { ...buildAttemptEnd(), settledAt: at, limitAt: at, counted: true };
  await bed.store.attempts.collection.insertMany(
    ended.map(({ _id }) => ({ ...buildAttempt({ jobId: _id }), ...end })) as never,
  );
}

async function insert(overrides: Partial<JobDocument>): Promise<string> {
  const job = buildJob(overrides);
  await bed.store.jobs.create(job);
  return job._id;
}

beforeEach(async () => {
  await bed.store.jobs.deleteMany({ _id: { $in: live } });
  const deferred = { reason: 'rate_limited' as const, nextTryAt: ago(1_000) };
  const claim = { token: 'dead', workerId: 'w', leaseUntil: ago(1_000) };
  live = await Promise.all([
    insert({ state: 'processing', claim }),
    insert({ deadlineAt: ago(10) }),
    insert({ state: 'succeeded', announce: { eventId: 'evt_1', at: ago(6_000) } }),
    insert({ enqueuedEpoch: epoch, enqueuedAt: ago(60_000) }),
    insert({ enqueuedEpoch: 'lost' }),
    insert({ state: 'deferred', deferred, passedOver: [{ provider, reason: 'cooldown', until: null }] }),
    insert({ waiting: true }),
    insert({ waiting: true }),
  ]);
  const jobId = live[0] ?? '';
  await bed.store.attempts.deleteMany({ jobId });
  await bed.store.attempts.create(buildAttempt({ jobId, claimToken: 'gone', limitAt: ago(60_000) }));
});

async function expectCheap(work: () => Promise<unknown>) {
  const profiled = await profileQueries(bed.store, work);
  const ours = profiled.filter(({ collection }) => ['jobs', 'attempts'].includes(collection));
  const costly = ours.filter(
    ({ plan, docsExamined, keysExamined, results }) =>
      plan.includes('COLLSCAN') || Math.max(docsExamined, keysExamined) > results + SLACK,
  );
  expect(costly).toEqual([]);
  return ours;
}

describe('with 20,000 jobs finished', () => {
  it.each([
    'upkeep.deadlines',
    'upkeep.claims',
    'upkeep.queue',
    'upkeep.announcements',
    'upkeep.usage',
    'upkeep.retention',
    'upkeep.alerts',
  ] as const)('%s examines what it works on and nothing else', async (task) => {
    expect((await expectCheap(() => upkeep[task]({}))).length).toBeGreaterThan(0);
  });

  const lane = {
    priority: 5,
    client: 'default',
    route: 'any-or-local',
    providers: null,
    allowDegraded: true,
  };
  it.each([
    ['the first line', () => findNextLane(bed.store, null)],
    ['the line behind one', () => findNextLane(bed.store, lane)],
    ['the line of the next client', () => findNextClientLane(bed.store, { ...lane, client: 'a' })],
    ['who is next', () => findWaitingJobs(bed.store, lane, { after: null, until: null, limit: 10 })],
    ['whoever is taken', () => takeWaitingJobs(bed.store, live, epoch)],
    ['who is due', () => returnDueJobs(bed.store, new Date(), 100)],
    ['who was lost', () => returnLostJobs(bed.store, epoch, 100)],
    ['everybody who sleeps', () => wakeDeferredJobs(bed.store, null, 100)],
    ['those who sleep for one provider', () => wakeDeferredJobs(bed.store, ['prv_1'], 100)],
  ])('the feeder finds %s without meeting another', async (_, work) => {
    expect((await expectCheap(work)).length).toBeGreaterThan(0);
  });

  it('the feeder finds who is due without meeting those who sleep', async () => {
    const asleep = { reason: 'rate_limited' as const, nextTryAt: ago(-60_000) };
    const sleepers = Array.from({ length: 2 * SLACK }, () => insert({ state: 'deferred', deferred: asleep }));
    live.push(...(await Promise.all(sleepers)));
    expect((await expectCheap(() => returnDueJobs(bed.store, new Date(), 100))).length).toBeGreaterThan(0);
  });

  it('the spend of a provider is read without all that it was ever asked', async () => {
    const month = new Date().toISOString().slice(0, 7);
    expect((await expectCheap(() => readSpent(bed.store, 'prv_1', month))).length).toBeGreaterThan(0);
  });

  it.each([
    ['counts the backlog', () => countBacklog(bed.store, 1_000_000)],
    ['cancels', () => cancelJobs(bed.store, live, { erasesText: false })],
    ['retries', () => retryJobs(bed.store, live, { evenUntold: true })],
    ['erases', () => eraseJobs(bed.store, live)],
  ])('one %s by what is meant alone', async (_, work) => {
    expect((await expectCheap(work)).length).toBeGreaterThan(0);
  });
});

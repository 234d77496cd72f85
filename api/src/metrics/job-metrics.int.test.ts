import { toNative } from '@understudy/shared/store/define-model';
import { rollUpAvailability } from '@understudy/shared/store/availability/roll-up-availability';
import { rollUpJobStats } from '@understudy/shared/store/job-stats/roll-up-job-stats';
import { buildJob } from '@understudy/shared/testing/builders';
import { eventually } from '@understudy/shared/testing/eventually';
import { readSample } from '@understudy/shared/testing/operations/read-sample';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

/** Beyond that, a roll-up leaves nothing of it for a later one. */
const AGO_MS = 120_000;
const MANY = 3_000;

let aheadMs: number;
let bed: TestBed;
let api: TestApi;
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  await bed.clear();
  aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs, monotonic: () => performance.now() + aheadMs };
  api = await startTestApi({ bed, clock });
});
afterEach(() => api.close());
afterAll(() => bed.close());

/** By a clock on which nothing that was read before is kept. */
async function scrape(): Promise<string> {
  aheadMs += 60_000;
  return (await api.admin('GET', '/metrics')).text;
}

function buildEnded(state: 'succeeded' | 'failed' | 'cancelled', answerMs = 1_000, stoodIn = false) {
  const createdAt = new Date(Date.now() - AGO_MS);
  return buildJob({
    createdAt,
    state,
    degraded: stoodIn,
    stoodIn,
    finishedAt: new Date(createdAt.getTime() + answerMs),
  });
}

async function rollUp() {
  const { store } = api.bed;
  await rollUpJobStats(store, Date.now());
  await rollUpAvailability(store, { now: Date.now(), targetMs: 30_000 });
}

it('counts what was accepted, how it ended, and whether in time, and never falls', async () => {
  const { store } = api.bed;
  const read = (text: string) => ({
    accepted: readSample(text, 'understudy_jobs_accepted_total'),
    ended: ['succeeded', 'failed', 'cancelled'].map((state) =>
      readSample(text, 'understudy_jobs_ended_total', { state }),
    ),
    availability: ['answered', 'degraded', 'missed'].map((outcome) =>
      readSample(text, 'understudy_availability_jobs_total', { outcome }),
    ),
  });
  expect(read(await scrape())).toEqual({ accepted: 0, ended: [0, 0, 0], availability: [0, 0, 0] });
  await toNative(store.jobs).insertMany([
    buildEnded('succeeded'),
    buildEnded('succeeded'),
    buildEnded('succeeded', 1_000, true),
    buildEnded('succeeded', 31_000),
    buildEnded('failed'),
    buildEnded('cancelled'),
  ]);
  for (let run = 0; run < 3; run += 1) await rollUp();
  const counted = { accepted: 6, ended: [4, 1, 1], availability: [2, 1, 2] };
  expect(read(await scrape())).toEqual(counted);
  await store.jobs.deleteMany({});
  await rollUp();
  expect(read(await scrape())).toEqual(counted);
});

it('costs the same however many jobs have ended, and once for many who ask', async () => {
  const { store } = api.bed;
  const { db } = store.connection;
  await toNative(store.jobs).insertMany(Array.from({ length: MANY }, () => buildEnded('succeeded')));
  for (let run = 0; run < 3; run += 1) await rollUp();
  // A count that a busy machine has not ended within a scrape would go on into what is profiled.
  await eventually(async () => readSample(await scrape(), 'understudy_jobs', { state: 'queued' }) !== null);
  aheadMs += 60_000;
  await db!.command({ profile: 2 });
  const { registry } = api.context.metrics;
  const texts = await Promise.all(Array.from({ length: 20 }, () => registry.metrics()));
  await db!.command({ profile: 0 });
  const profile = await db!.collection('system.profile').find().toArray();
  const sum = (field: string) => profile.reduce((total, row) => total + Number(row[field] ?? 0), 0);
  expect(sum('docsExamined')).toBeLessThan(100);
  expect(sum('keysExamined')).toBeLessThan(200);
  // Those that wait are counted for submits as well, once a second.
  const counts = profile.filter(
    ({ command }) => command?.count === 'jobs' && command.query.state === 'processing',
  );
  expect(counts).toHaveLength(1);
  expect(new Set(texts).size).toBe(1);
});

it('measures from the last retry what waits again', async () => {
  const { store } = api.bed;
  const deadlineMs = 86_400_000;
  const createdAt = new Date(Date.now() - 10 * deadlineMs);
  const deadlineAt = new Date(Date.now() + deadlineMs);
  await store.jobs.create(buildJob({ createdAt, deadlineMs, deadlineAt }));
  const waited = readSample(await scrape(), 'understudy_queue_oldest_waiting_seconds') ?? Number.NaN;
  expect(waited).toBeLessThan(600);
});

it('knows how long the oldest has waited while so many wait that counting takes long', async () => {
  const { store } = api.context;
  const db = store.connection.db!;
  const { command } = db;
  await store.jobs.create(buildJob({ createdAt: new Date(Date.now() - AGO_MS) }));
  db.command = (asked, ...rest) =>
    'count' in asked ? new Promise(() => {}) : command.call(db, asked, ...rest);
  const text = await scrape();
  db.command = command;
  expect(readSample(text, 'understudy_jobs', { state: 'queued' })).toBeNull();
  expect(readSample(text, 'understudy_queue_oldest_waiting_seconds')).toBeGreaterThan(AGO_MS / 1_000);
});

it('has no value of what cannot be read, where 0 would be an answer', async () => {
  const { store } = api.context;
  const { findById } = store.availabilityBuckets;
  store.availabilityBuckets.findById = () => {
    throw new Error('away');
  };
  const text = await scrape();
  store.availabilityBuckets.findById = findById;
  expect(readSample(text, 'understudy_jobs_accepted_total')).toBeNull();
  expect(readSample(text, 'understudy_availability_jobs_total')).toBeNull();
  expect(readSample(text, 'understudy_workers')).toBe(0);
});

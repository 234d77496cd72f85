import { afterAll, beforeEach, beforeAll, describe, expect, it } from 'vitest';
import { buildBatch, buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { toItemId } from '../batches/item-id.ts';
import type { BatchDocument } from '../batches/model.ts';
import { stageJobs } from '../batches/receive-batch.ts';
import { releaseBatch } from '../batches/release-batch.ts';
import { toNative } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';
import { findOldestQueued } from '../overview/find-oldest-queued.ts';
import { readOpenJobs } from '../overview/read-open-jobs.ts';
import { readWindowStats } from '../overview/read-window-stats.ts';
import { toQuantile } from '../usage/sketch.ts';
import { readJobStats } from './read-job-stats.ts';
import { rollUpJobStats } from './roll-up-job-stats.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.store.batches.deleteMany({});
  await bed.store.jobStatsBuckets.deleteMany({});
});

const HOUR_MS = 3_600_000;
/** In this hour: what the buckets of another day hold, MongoDB may remove at any moment. */
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS + 30 * 60_000 + 20_000;

/** A job that was accepted `agoMs` ago, started 100 ms later and ended 400 ms after it was accepted. */
function buildEnded(agoMs: number, overrides: Partial<JobDocument> = {}): JobDocument {
  const at = NOW - agoMs;
  return buildJob({
    state: 'succeeded',
    createdAt: new Date(at),
    startedAt: new Date(at + 100),
    finishedAt: new Date(at + 400),
    ...overrides,
  });
}
const insert = (jobs: JobDocument[]) => bed.store.jobs.insertMany(jobs);
const read = (windowMs: number, now = NOW) => readJobStats(bed.store, windowMs, now);
const toNumbers = ({ accepted, succeeded, failed, cancelled }: Awaited<ReturnType<typeof read>>) => ({
  accepted,
  succeeded,
  failed,
  cancelled,
});

it('takes the wait and the answer of a job that was tried again from then on', async () => {
  const retriedAt = NOW - 5_000;
  const job = buildEnded(3 * HOUR_MS, {
    deadlineMs: 60_000,
    deadlineAt: new Date(retriedAt + 60_000),
    startedAt: new Date(retriedAt + 100),
    finishedAt: new Date(retriedAt + 400),
  });
  await insert([job]);
  const { wait, answer } = await read(HOUR_MS);
  expect(toQuantile(wait, 0.5)).toBeCloseTo(100, -1);
  expect(toQuantile(answer, 0.5)).toBeCloseTo(400, -1.4);
});

describe('counting jobs', () => {
  const ages = [2_000, 30_000, 5 * 60_000, 50 * 60_000, 3 * HOUR_MS, 25 * 24 * HOUR_MS, 40 * 24 * HOUR_MS];
  beforeEach(() =>
    insert([
      ...ages.map((agoMs) => buildEnded(agoMs)),
      buildEnded(20_000, { state: 'failed' }),
      buildEnded(20_000, { state: 'cancelled', startedAt: null }),
      buildJob({ createdAt: new Date(NOW - 1_000) }),
    ]),
  );
  const ofHour = { accepted: 7, succeeded: 4, failed: 1, cancelled: 1 };

  it('gives the same while a job is only in the ledger, and once it is in the buckets', async () => {
    // Before the first roll-up a reading goes back ten minutes.
    expect(toNumbers(await read(HOUR_MS))).toEqual({ ...ofHour, accepted: 6, succeeded: 3 });
    await rollUpJobStats(bed.store, NOW);
    expect(toNumbers(await read(HOUR_MS))).toEqual(ofHour);
    await rollUpJobStats(bed.store, NOW + 60_000);
    expect(toNumbers(await read(HOUR_MS))).toEqual(ofHour);
  });

  it('counts each once, however many roll up at the same time', async () => {
    await Promise.all(Array.from({ length: 4 }, () => rollUpJobStats(bed.store, NOW + 60_000)));
    await rollUpJobStats(bed.store, NOW + 120_000);
    expect(toNumbers(await read(HOUR_MS))).toEqual(ofHour);
    const progress = await bed.store.jobStatsBuckets.countDocuments({ width: 'progress' });
    expect(progress).toBe(2);
  });

  it('counts within the window, which begins with a whole minute or hour', async () => {
    await rollUpJobStats(bed.store, NOW);
    expect(await read(24 * HOUR_MS)).toMatchObject({ accepted: 8, succeeded: 5 });
    const month = await read(30 * 24 * HOUR_MS);
    expect(month).toMatchObject({ accepted: 9, succeeded: 6 });
    expect(month.spanMs).toBe(30 * 24 * HOUR_MS + 30 * 60_000 + 20_000);
    expect((await read(HOUR_MS)).spanMs).toBe(HOUR_MS + 20_000);
  });

  it('counts a job again that ends again', async () => {
    await rollUpJobStats(bed.store, NOW + 60_000);
    await bed.store.jobs.updateOne(
      { state: 'failed' },
      { state: 'succeeded', finishedAt: new Date(NOW + 55_000) },
    );
    await rollUpJobStats(bed.store, NOW + 120_000);
    expect(await read(HOUR_MS, NOW + 120_000)).toMatchObject({ accepted: 7, succeeded: 5, failed: 1 });
  });

  it('takes the wait of all that were started, and the answer of those that succeeded', async () => {
    await rollUpJobStats(bed.store, NOW);
    const { wait, answer } = await read(HOUR_MS);
    const toTotal = (bins: Record<string, number>) =>
      Object.values(bins).reduce((sum, count) => sum + count, 0);
    expect([toTotal(wait), toTotal(answer)]).toEqual([5, 4]);
    expect(toQuantile(wait, 0.5)).toBeCloseTo(100, -1);
    expect(toQuantile(answer, 0.95)).toBeCloseTo(400, -1.4);
  });
});

describe('a batch that was accepted, and whose items are still to be released', () => {
  const TOTAL = 3;
  async function acceptBatch(agoMs: number): Promise<BatchDocument> {
    const batch = buildBatch({ state: 'accepted', total: TOTAL, createdAt: new Date(NOW - agoMs) });
    await bed.store.batches.create(batch);
    const jobs = Array.from({ length: TOTAL }, (_, index) => buildJob({ _id: toItemId(batch._id, index) }));
    await stageJobs(bed.store, { batchId: batch._id, uploadId: batch.uploadId! }, jobs);
    return batch;
  }

  it('counts whole, however late it is released', async () => {
    await insert([buildEnded(30_000), buildEnded(15_000)]);
    const batch = await acceptBatch(20_000);
    await rollUpJobStats(bed.store, NOW);
    expect(await read(HOUR_MS)).toMatchObject({ accepted: 2 });
    await releaseBatch(bed.store, batch);
    await rollUpJobStats(bed.store, NOW + 60_000);
    expect(await read(HOUR_MS)).toMatchObject({ accepted: 2 + TOTAL });
  });

  it('holds nothing up that a reading would miss', async () => {
    await acceptBatch(10 * 60_000 + 1);
    await insert([buildEnded(30_000)]);
    await rollUpJobStats(bed.store, NOW);
    await bed.store.jobs.deleteMany({});
    expect(await read(HOUR_MS)).toMatchObject({ accepted: 1 });
  });
});

it('reads no job’s document, and of the indexes only what is open or happened in the last seconds', async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => buildEnded(60_000 + index * 100));
  await toNative(bed.store.jobs).insertMany(many);
  await insert([buildEnded(3_000), buildJob({ createdAt: new Date(NOW - 5_000) })]);
  for (let run = 0; run < 3; run += 1) await rollUpJobStats(bed.store, NOW);

  await bed.store.connection.db!.command({ profile: 2 });
  const stats = await readWindowStats(bed.store, '24h', NOW);
  const open = await readOpenJobs(bed.store);
  const oldest = await findOldestQueued(bed.store);
  await rollUpJobStats(bed.store, NOW + 5_000);
  await bed.store.connection.db!.command({ profile: 0 });

  expect(stats.ended).toEqual({ succeeded: 10_001, failed: 0, cancelled: 0 });
  expect(stats.submittedPerMinute).toBeCloseTo(10_002 / (24 * 60 + 30 + 20 / 60), 6);
  expect(open).toEqual({ queued: 1, processing: 0, deferred: 0 });
  expect(oldest).toEqual(new Date(NOW - 5_000));
  const profile = await bed.store.connection.db!.collection('system.profile').find().toArray();
  const ofJobs = profile.filter(({ ns }) => String(ns).endsWith('.jobs'));
  const sum = (field: string) => ofJobs.reduce((total, row) => total + Number(row[field] ?? 0), 0);
  expect(ofJobs.length).toBeGreaterThan(5);
  // The oldest queued job alone is read itself.
  expect(sum('docsExamined')).toBeLessThanOrEqual(1);
  expect(sum('keysExamined')).toBeLessThan(50);
});

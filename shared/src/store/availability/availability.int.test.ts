import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildBatch, buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import type { JobDocument } from '../jobs/model.ts';
import { toLaneId } from '../lane-holds/model.ts';
import { noteHolds } from '../lane-holds/note-holds.ts';
import { readAvailability } from './read-availability.ts';
import { rollUpAvailability } from './roll-up-availability.ts';

const now = Date.parse('2026-03-04T12:30:00Z');
const targetMs = 30_000;
const MINUTE_MS = 60_000;
let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.store.batches.deleteMany({});
  await bed.store.availabilityBuckets.deleteMany({});
  await bed.store.laneHolds.deleteMany({});
});

/** A job accepted so long ago and, unless said otherwise, answered a second later. */
async function accept(agoMs: number, overrides: Partial<JobDocument> = {}) {
  const createdAt = new Date(now - agoMs);
  const finishedAt = new Date(createdAt.getTime() + 1_000);
  await bed.store.jobs.create(buildJob({ createdAt, finishedAt, state: 'succeeded', ...overrides }));
}
const rollUp = (at = now) => rollUpAvailability(bed.store, { now: at, targetMs });
const read = () => readAvailability(bed.store, now, '30d');
const error = (code: NonNullable<JobDocument['error']>['code']) => ({
  state: 'failed' as const,
  error: { code, message: '' },
});

it('counts the jobs whose time is over and the share answered in time', async () => {
  await accept(MINUTE_MS);
  await accept(2 * 3_600_000, { degraded: true, stoodIn: true });
  await accept(20 * 86_400_000);
  await accept(MINUTE_MS, error('deadline_exceeded'));
  await accept(MINUTE_MS, { finishedAt: new Date(now - MINUTE_MS + targetMs + 1) });
  await accept(MINUTE_MS, { state: 'queued', finishedAt: null });
  await rollUp();
  expect(await read()).toEqual({
    window: '30d',
    accepted: 6,
    answered: 2,
    degraded: 1,
    ratio: 2 / 6,
    ratioWithDegraded: 3 / 6,
    target: 0.999,
  });
});

it('takes what local answered for answered, unless it stood in for others', async () => {
  await accept(MINUTE_MS, { degraded: true });
  await accept(MINUTE_MS, { degraded: true, stoodIn: true });
  await accept(MINUTE_MS, error('deadline_exceeded'));
  await rollUp();
  expect(await read()).toMatchObject({
    accepted: 3,
    answered: 1,
    degraded: 1,
    ratio: 1 / 3,
    ratioWithDegraded: 2 / 3,
  });
});

it('leaves out what ended by the caller or is held by a limit', async () => {
  const nextTryAt = new Date(now + MINUTE_MS);
  await accept(MINUTE_MS, { state: 'cancelled' });
  await accept(MINUTE_MS, error('content_filtered'));
  await accept(MINUTE_MS, error('rejected_by_provider'));
  await accept(MINUTE_MS, { providers: ['main'], ...error('deadline_exceeded') });
  await accept(MINUTE_MS, { state: 'deferred', deferred: { reason: 'rate_limited', nextTryAt } });
  await accept(MINUTE_MS, { state: 'deferred', deferred: { reason: 'paused', nextTryAt } });
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 0, ratio: null, ratioWithDegraded: null });
  await accept(MINUTE_MS, { state: 'deferred', deferred: { reason: 'no_provider_available', nextTryAt } });
  await bed.store.availabilityBuckets.deleteMany({});
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 1, answered: 0, ratio: 0 });
});

it('leaves out what was not answered in time because a limit held its lane, and nothing else', async () => {
  const lane = { priority: 5, client: 'default', route: 'any-or-local' };
  const hold = { ...lane, reason: 'rate_limited' as const, byLimit: true, nextTryAt: null };
  const waiting = { state: 'queued' as const, finishedAt: null, waiting: true };
  await noteHolds(bed.store, [hold], new Date(now - 2 * MINUTE_MS));
  await accept(MINUTE_MS, waiting);
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 1, answered: 0 });

  await bed.store.availabilityBuckets.deleteMany({});
  await noteHolds(bed.store, [hold], new Date(now - 50_000));
  await accept(MINUTE_MS);
  await accept(MINUTE_MS, { ...waiting, client: 'other' });
  await accept(MINUTE_MS, {
    state: 'succeeded',
    startedAt: new Date(now - 20_000),
    finishedAt: new Date(now),
  });
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 2, answered: 1 });
});

it.each(['no_provider_available', 'rate_limited'] as const)(
  'counts what waited though no limit of an operator held it: %s',
  async (reason) => {
    const lane = { priority: 5, client: 'default', route: 'any-or-local' };
    const nextTryAt = new Date(now + MINUTE_MS);
    await noteHolds(
      bed.store,
      [{ ...lane, reason, byLimit: false, nextTryAt: null }],
      new Date(now - 50_000),
    );
    await accept(MINUTE_MS, { state: 'queued', finishedAt: null, waiting: true });
    await accept(MINUTE_MS, { state: 'deferred', deferred: { reason, byLimit: false, nextTryAt } });
    await rollUp();
    expect(await read()).toMatchObject({ accepted: 2, answered: 0 });
  },
);

it('still leaves out what a limit held before something else did', async () => {
  const lane = { priority: 5, client: 'default', route: 'any-or-local', nextTryAt: null };
  await noteHolds(bed.store, [{ ...lane, reason: 'rate_limited', byLimit: true }], new Date(now - 50_000));
  await noteHolds(bed.store, [{ ...lane, reason: 'rate_limited', byLimit: false }], new Date(now - 40_000));
  await accept(MINUTE_MS, { state: 'queued', finishedAt: null, waiting: true });
  await accept(45_000, { state: 'queued', finishedAt: null, waiting: true });
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 1 });
});

it('goes by the reason of a hold that was noted by the version before', async () => {
  const lane = { priority: 5, client: 'default', route: 'any-or-local' };
  const at = { from: new Date(now - 50_000), until: new Date(now - 40_000), nextTryAt: null };
  await bed.store.laneHolds.create({ _id: toLaneId(lane), ...lane, reason: 'paused', ...at });
  await accept(MINUTE_MS, { state: 'queued', finishedAt: null, waiting: true });
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 0 });
});

it('waits with a job until its time for an answer is over', async () => {
  await accept(35_000, { state: 'processing', finishedAt: null });
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 0 });
  await rollUp(now + 6_000);
  expect(await read()).toMatchObject({ accepted: 1 });
});

it('waits for a batch that was accepted until its items are jobs', async () => {
  const createdAt = new Date(now - 50_000);
  const batch = buildBatch({ state: 'accepted', createdAt });
  await bed.store.batches.create(batch);
  await accept(MINUTE_MS);
  await rollUp();
  await accept(50_000, { batchId: batch._id });
  await bed.store.batches.updateOne({ _id: batch._id }, { state: 'running' });
  await rollUp();
  expect(await read()).toMatchObject({ accepted: 2 });
});

it('counts each job once, however often and by however many it is run', async () => {
  await Promise.all(Array.from({ length: 100 }, (_, index) => accept(MINUTE_MS * (index + 1))));
  await Promise.all(Array.from({ length: 4 }, () => rollUp()));
  for (let at = now; at < now + 30_000; at += 5_000) await rollUp(at);
  expect(await read()).toMatchObject({ accepted: 100, answered: 100, ratio: 1 });
});

it('reads no job again that it has counted', async () => {
  for (let index = 0; index < 20; index += 1) await accept(MINUTE_MS * (index + 1));
  await rollUp();
  await bed.store.jobs.deleteMany({});
  await rollUp(now + 5_000);
  expect(await read()).toMatchObject({ accepted: 20 });
});

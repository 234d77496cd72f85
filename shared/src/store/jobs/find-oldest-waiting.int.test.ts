import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { DeferredReason } from '../../contracts/classification.ts';
import { buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { noteHolds } from '../lane-holds/note-holds.ts';
import { findOldestWaiting } from './find-oldest-waiting.ts';
import type { JobDocument } from './model.ts';
import { toRoute } from './route.ts';

const NOW = Date.parse('2026-03-04T12:30:00Z');
const MINUTE = 60_000;
const ago = (minutes: number) => new Date(NOW - minutes * MINUTE);
let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  await bed.store.jobs.deleteMany({});
  await bed.store.laneHolds.deleteMany({});
});

/** A job that was accepted so many minutes ago and waits in line, unless said otherwise. */
async function insert(minutes: number, overrides: Partial<JobDocument> = {}): Promise<string> {
  const job = buildJob({ createdAt: ago(minutes), waiting: true, ...overrides });
  await bed.store.jobs.create(job);
  return job._id;
}
interface HoldOptions {
  providers?: string[] | null;
  byLimit?: boolean;
}
const find = ({ running = false } = {}) =>
  findOldestWaiting(bed.store, { before: ago(5), running, now: new Date(NOW) });
const hold = (
  reason: DeferredReason,
  minutes: number,
  { providers = null, byLimit = reason !== 'no_provider_available' }: HoldOptions = {},
) => {
  const lane = { priority: 5, client: 'default', route: toRoute({ providers, allowDegraded: true }) };
  return noteHolds(bed.store, [{ ...lane, reason, byLimit, nextTryAt: null }], ago(minutes));
};
const asleep = (reason: DeferredReason): Partial<JobDocument> => ({
  state: 'deferred',
  waiting: false,
  deferred: { reason, nextTryAt: new Date(NOW + MINUTE) },
});

it('finds the oldest over all lines, in the ledger and in the queue', async () => {
  await insert(4);
  expect(await find()).toBeNull();
  await insert(6);
  const oldest = await insert(8, { client: 'other', priority: 9 });
  expect(await find()).toEqual({ jobId: oldest, since: ago(8) });
  const queued = await insert(30, { waiting: false, enqueuedAt: ago(9) });
  expect(await find()).toEqual({ jobId: queued, since: ago(9) });
});

it('takes no notice of what has ended or was tried again a moment ago', async () => {
  await insert(60, { state: 'succeeded', waiting: false });
  await insert(60, { deadlineMs: MINUTE, deadlineAt: new Date(NOW) });
  expect(await find()).toBeNull();
});

it.each(['rate_limited', 'budget_exhausted', 'paused'] as const)(
  'leaves out the time in which a line was held: %s',
  async (reason) => {
    const jobId = await insert(60);
    await hold(reason, 0);
    expect(await find()).toBeNull();
    await bed.store.laneHolds.deleteMany({});
    await hold(reason, 7);
    expect(await find()).toEqual({ jobId, since: ago(7) });
    await bed.store.jobs.deleteMany({});
    await insert(60, asleep(reason));
    expect(await find()).toBeNull();
  },
);

it('counts what nobody can answer, but not where the caller chose who may', async () => {
  const jobId = await insert(60);
  await hold('no_provider_available', 0);
  expect(await find()).toEqual({ jobId, since: ago(60) });
  await bed.store.jobs.deleteMany({});
  await insert(60, { providers: ['gone'] });
  await hold('no_provider_available', 0, { providers: ['gone'] });
  await insert(60, { ...asleep('no_provider_available'), providers: ['gone'] });
  expect(await find()).toBeNull();
  const sleeping = await insert(50, asleep('no_provider_available'));
  expect(await find()).toEqual({ jobId: sleeping, since: ago(50) });
});

it('counts what a vendor holds by its own limit, in line and asleep', async () => {
  const jobId = await insert(60);
  await hold('rate_limited', 0, { byLimit: false });
  expect(await find()).toEqual({ jobId, since: ago(60) });
  await bed.store.jobs.deleteMany({});
  const nextTryAt = new Date(NOW + MINUTE);
  const deferred = { reason: 'rate_limited' as const, byLimit: false, nextTryAt };
  const sleeping = await insert(50, { ...asleep('rate_limited'), deferred });
  expect(await find()).toEqual({ jobId: sleeping, since: ago(50) });
});

it('counts from when a limit of an operator held the line last, whatever holds it now', async () => {
  await hold('rate_limited', 7);
  await hold('rate_limited', 3, { byLimit: false });
  await hold('no_provider_available', 0);
  const jobId = await insert(60);
  expect(await find()).toEqual({ jobId, since: ago(7) });
});

it('counts a job that is being tried again where that is asked for', async () => {
  const jobId = await insert(6, { state: 'processing', waiting: false });
  expect(await find()).toBeNull();
  expect(await find({ running: true })).toEqual({ jobId, since: ago(6) });
});

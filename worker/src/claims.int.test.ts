import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { createLedger, type Ledger } from '@understudy/shared/store/ledger';
import { buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createClaimKeeper } from './claims.ts';
import { createFakeClock } from './testing/fake-clock.ts';

let bed: TestBed;
let ledger: Ledger;
beforeAll(async () => {
  bed = await createTestBed();
  ledger = createLedger(bed.store);
});
afterAll(() => bed.close());

function setup() {
  const clock = createFakeClock();
  const keeper = createClaimKeeper({ store: bed.store, clock, logger: bed.logger });
  const take = async () => {
    const job = buildJob();
    await ledger.insertJob(job);
    const token = randomUUID();
    const sinceMs = clock.monotonic();
    await ledger.claimJob({ jobId: job._id, generation: 1, token, workerId: 'w1' });
    return keeper.hold({ jobId: job._id, token, sinceMs });
  };
  return { clock, keeper, take };
}

it('keeps every claim alive by renewing', async () => {
  const { clock, keeper, take } = setup();
  const claims = [await take(), await take()];
  for (let turn = 0; turn < 5; turn += 1) {
    clock.advance(2_000);
    await keeper.renew();
  }
  expect(claims.every((claim) => claim.isHeld())).toBe(true);
});

it('ends exactly the claims that are gone', async () => {
  const { keeper, take } = setup();
  const [kept, cancelled] = [await take(), await take()];
  await bed.store.jobs.updateOne({ _id: cancelled.jobId }, { state: 'cancelled', claim: null });
  await keeper.renew();
  expect(cancelled.signal.aborted).toBe(true);
  expect(cancelled.loss()).toBe('gone');
  expect(kept.loss()).toBeNull();
});

it('keeps every claim but that of a job that somebody’s transaction holds', async () => {
  const { clock, keeper, take } = setup();
  const [held, ...others] = [await take(), await take(), await take()];
  const session = await bed.store.connection.startSession();
  onTestFinished(() => session.endSession());
  session.startTransaction();
  await bed.store.jobs.updateOne({ _id: held.jobId }, { waiting: true }, { session });
  clock.advance(5_000);
  await expect(keeper.renew()).rejects.toMatchObject({ code: 50 });
  clock.advance(1_000);
  keeper.endLapsed();
  expect(others.map((claim) => claim.loss())).toEqual([null, null]);
  expect(held.loss()).toBe('lapsed');
});

it('notices on its own that a lease ran out while the process was frozen', async () => {
  const { clock, take } = setup();
  const claim = await take();
  clock.advance(5_999);
  expect(claim.isHeld()).toBe(true);
  clock.advance(1);
  expect(claim.isHeld()).toBe(false);
  expect(claim.signal.aborted).toBe(true);
  expect(claim.loss()).toBe('lapsed');
});

it('does not revive a lapsed claim by a renewal that comes too late', async () => {
  const { clock, keeper, take } = setup();
  const claim = await take();
  clock.advance(6_000);
  await keeper.renew();
  expect(claim.isHeld()).toBe(false);
});

it('forgets what was released', async () => {
  const { keeper, take } = setup();
  const claim = await take();
  claim.release();
  claim.release();
  expect(keeper.size).toBe(0);
});

it('ends everything when the process stops', async () => {
  const { keeper, take } = setup();
  const claims = [await take(), await take()];
  keeper.endAll();
  expect(claims.map((claim) => claim.loss())).toEqual(['stopping', 'stopping']);
});

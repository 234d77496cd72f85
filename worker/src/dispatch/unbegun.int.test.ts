import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import { createEngineBed, type EngineBed } from '../testing/engine-bed.ts';
import { freeClaims } from '../upkeep/claims.ts';

let bed: EngineBed;
beforeAll(async () => {
  bed = await createEngineBed();
});
beforeEach(() => bed.reset());
afterEach(() => void vi.restoreAllMocks());
afterAll(() => bed.close());

const insert = (attempt: AttemptDocument) =>
  bed.store.attempts.updateOne({ _id: attempt._id }, { $setOnInsert: attempt }, { upsert: true });

/** Runs a job whose attempt the ledger never confirms; `onBegin` is what the ledger does all the same. */
async function giveUpAnAttempt(onBegin: (attempt: AttemptDocument) => unknown = () => {}) {
  const provider = await bed.addProvider();
  const { _id: jobId } = await bed.submit();
  const given: AttemptDocument[] = [];
  vi.spyOn(bed.ledger, 'beginAttempt').mockImplementation(async ({ attempt }) => {
    given.push(attempt);
    await onBegin(attempt);
    bed.clock.advance(4_000);
    throw new Error('The ledger is away');
  });
  await bed.execute(jobId);
  expect(provider.calls).toEqual([]);
  return { jobId, attempt: given[0]! };
}

/** Upkeep, long after the attempt's limit and with its job in nobody's hands. */
async function settleOrphans(jobId: string) {
  await bed.store.jobs.updateOne({ _id: jobId }, { claim: null });
  bed.clock.advance(120_000);
  await freeClaims(bed);
}

const UNMADE = { outcome: 'aborted', fault: null, costNanoUsd: 0, pricing: 'free' };

it('charges nothing for an attempt that is on record though its worker gave up before the call', async () => {
  const { jobId, attempt } = await giveUpAnAttempt(insert);
  await bed.unbegun.runOnce();
  await settleOrphans(jobId);
  expect(await bed.readAttempts(jobId)).toMatchObject([UNMADE]);
  expect(bed.counted.filter(({ _id }) => _id === attempt._id)).toMatchObject([UNMADE]);
});

it('charges nothing for one that the ledger takes only after it was looked for', async () => {
  const { jobId, attempt } = await giveUpAnAttempt();
  await bed.unbegun.runOnce();
  bed.clock.advance(30_000);
  await insert(attempt);
  await bed.unbegun.runOnce();
  await settleOrphans(jobId);
  expect(await bed.readAttempts(jobId)).toMatchObject([UNMADE]);
});

it('charges nothing for one that is there though its claim was gone when that was asked again', async () => {
  const provider = await bed.addProvider();
  const { _id: jobId } = await bed.submit();
  const { beginAttempt } = bed.ledger;
  vi.spyOn(bed.ledger, 'beginAttempt').mockImplementationOnce(async ({ attempt, progressed }) => {
    await beginAttempt({ attempt, progressed });
    await bed.store.jobs.updateOne({ _id: jobId }, { 'claim.token': 'another' });
    throw new Error('The ledger is away');
  });
  await bed.execute(jobId);
  await bed.unbegun.runOnce();
  await settleOrphans(jobId);
  expect(provider.calls).toEqual([]);
  expect(await bed.readAttempts(jobId)).toMatchObject([UNMADE]);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAttempt, buildAttemptEnd, buildJob } from '../testing/builders.ts';
import { startThreeMembers, type ThreeMembers } from '../testing/three-members.ts';
import { connectStore, type Store } from './connect.ts';
import { createLedger, type Ledger } from './ledger.ts';

let members: ThreeMembers;
let store: Store;
let ledger: Ledger;
beforeAll(async () => {
  members = await startThreeMembers();
  store = await connectStore(members);
  ledger = createLedger(store);
});
afterAll(async () => {
  await store?.close();
  await members?.close();
});

const end = {
  state: 'succeeded' as const,
  result: { label: 'price', labels: [{ name: 'price', confidence: 1 }], rationale: null },
  provider: null,
  degraded: false,
  usage: { inputTokens: 0, outputTokens: 0, costNanoUsd: 0, pricing: 'free' as const },
  passedOver: [],
};

async function claim(token: string) {
  const job = buildJob();
  await ledger.insertJob(job);
  await ledger.claimJob({ jobId: job._id, generation: 1, token, workerId: 'w1' });
  return job;
}

it('takes no write for done that only a primary has which lost the others', async () => {
  const { _id: jobId } = await claim('ends');
  const attempt = buildAttempt({ jobId, claimToken: 'ends', number: 1 });
  await ledger.beginAttempt({ attempt, progressed: false });
  const begun = await claim('begins');
  const job = buildJob();
  const key = { _id: 'shop\nonce', jobId: job._id, bodyHmac: 'h', keyVersion: 1, createdAt: new Date() };
  const writes = {
    key: () => ledger.reserveKey(key),
    job: () => ledger.insertJob(job),
    begin: () =>
      ledger.beginAttempt({
        attempt: buildAttempt({ jobId: begun._id, claimToken: 'begins', number: 1 }),
        progressed: false,
      }),
    attemptEnd: () =>
      ledger.settleAttempt({ attemptId: attempt._id, end: buildAttemptEnd({ durationMs: 7 }) }),
    jobEnd: () => ledger.settleJob({ jobId, token: 'ends', end, erasesText: false }),
  };
  /** Which of them are told that they are done. */
  const tryAll = async () => {
    const outcomes = await Promise.allSettled(Object.values(writes).map((write) => write()));
    return Object.keys(writes).filter((_, index) => outcomes[index]?.status === 'fulfilled');
  };

  members.isolatePrimary();
  expect(await tryAll()).toEqual([]);
  // It has them, and shows them.
  expect(await store.jobs.findById(job._id).lean()).not.toBeNull();
  expect(await tryAll()).toEqual([]);
  members.thaw();
  expect(await tryAll()).toEqual(Object.keys(writes));
  expect(await store.jobs.findById(jobId).lean()).toMatchObject({ state: 'succeeded', settledBy: 'ends' });
});

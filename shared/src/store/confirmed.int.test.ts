import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildAttempt, buildAttemptEnd, buildFailover, buildJob, buildJobEnd } from '../testing/builders.ts';
import { startThreeMembers, type ThreeMembers } from '../testing/three-members.ts';
import { connectStore, type Store } from './connect.ts';
import { findStaleAnnouncements } from './jobs/announcements.ts';
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

/** A job that is claimed by this token, and its first attempt, which is still to be begun. */
async function claim(token: string) {
  const job = buildJob();
  await ledger.insertJob(job);
  await ledger.claimJob({ jobId: job._id, generation: 1, token, workerId: 'w1' });
  return buildAttempt({ jobId: job._id, claimToken: token, number: 1 });
}

it('takes no write for done that only a cut-off primary has', async () => {
  const [ending, beginning] = [await claim('ends'), await claim('begins')];
  await ledger.beginAttempt({ attempt: ending, progressed: false });
  const job = buildJob();
  const key = { _id: 'shop\nonce', jobId: job._id, bodyHmac: 'h', keyVersion: 1, createdAt: new Date() };
  const attemptEnd = buildAttemptEnd({ durationMs: 7 });
  const jobEnd = buildJobEnd();
  const failover = buildFailover({ jobId: ending.jobId });
  const findStale = () => findStaleAnnouncements(store, new Date(Date.now() + 60_000), 10);
  const tryAll = () =>
    Promise.allSettled([
      ledger.reserveKey(key),
      ledger.insertJob(job),
      ledger.beginAttempt({ attempt: beginning, progressed: false }),
      ledger.settleAttempt({ attemptId: ending._id, end: attemptEnd }),
      ledger.settleJob({ jobId: ending.jobId, token: 'ends', end: jobEnd, erasesText: false }),
      ledger.insertFailover(failover),
    ]);
  const toStatuses = (outcomes: Awaited<ReturnType<typeof tryAll>>) => outcomes.map(({ status }) => status);

  members.isolatePrimary();
  expect(toStatuses(await tryAll())).toEqual(Array(6).fill('rejected'));
  // It has them, and shows them; nobody tells of them.
  expect(await store.jobs.findById(ending.jobId).lean()).toMatchObject({ state: 'succeeded' });
  expect(await findStale()).toEqual([]);
  expect(toStatuses(await tryAll())).toEqual(Array(6).fill('rejected'));
  members.thaw();
  expect(await tryAll()).toMatchObject([
    { value: { jobId: job._id } },
    // By an earlier try.
    { value: false },
    { value: true },
    { value: true },
    { value: { eventId: expect.stringMatching(/^evt_/) } },
    { status: 'fulfilled' },
  ]);
  expect(await findStale()).toMatchObject([{ _id: ending.jobId, state: 'succeeded' }]);
});

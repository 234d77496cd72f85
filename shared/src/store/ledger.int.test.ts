import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createId } from '../ids.ts';
import { toNative } from './define-model.ts';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { buildAttempt, buildAttemptEnd, buildJob, buildJobEnd } from '../testing/builders.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { cancelJobs } from './jobs/cancel-jobs.ts';
import { refreshUsage } from './jobs/refresh-usage.ts';
import { renewLeases } from './jobs/renew-leases.ts';
import { findLapsedJobs, returnLapsedJobs, returnLostJobs } from './jobs/return-jobs.ts';
import { retryJobs } from './jobs/retry-jobs.ts';
import { takeWaitingJobs } from './jobs/waiting-jobs.ts';

let bed: TestBed;
let ledger: Ledger;
beforeAll(async () => {
  bed = await createTestBed();
  ledger = createLedger(bed.store);
});
afterAll(() => bed.close());

async function insert(overrides: Parameters<typeof buildJob>[0] = {}) {
  const job = buildJob(overrides);
  await ledger.insertJob(job);
  return job;
}
const claim = (jobId: string, token: string, generation = 1) =>
  ledger.claimJob({ jobId, generation, token, workerId: 'w1' });
const lapse = (jobId: string) =>
  bed.store.jobs.updateOne({ _id: jobId }, { 'claim.leaseUntil': new Date(Date.now() - 1_000) });
const end = buildJobEnd('$price');

it('gives a job to exactly one of many claimants, also within one batch', async () => {
  const { _id } = await insert();
  const claims = await Promise.all(Array.from({ length: 100 }, (_, index) => claim(_id, `t${index}`)));
  expect(claims.filter((job) => job !== null)).toHaveLength(1);
});

it('tells each caller of a mixed batch its own outcome', async () => {
  const jobs = await Promise.all(Array.from({ length: 20 }, () => insert()));
  const twins = await Promise.all(jobs.map((job, index) => ledger.insertJob(index % 2 ? job : buildJob())));
  expect(twins).toEqual(jobs.map((_, index) => index % 2 === 0));
});

it('drops a claim of another generation and one of an ended job', async () => {
  const { _id } = await insert();
  expect(await claim(_id, 'old', 2)).toBeNull();
  await claim(_id, 'mine');
  await ledger.settleJob({ jobId: _id, token: 'mine', end, erasesText: false });
  expect(await claim(_id, 'late')).toBeNull();
});

it('gives each of one batch what is meant for it', async () => {
  const jobs = await Promise.all([1, 2, 1, 7].map((generation) => insert({ generation })));
  const claims = await Promise.all(
    jobs.map(({ _id, generation }, index) => claim(_id, `batch-${index}`, index === 3 ? 1 : generation)),
  );
  expect(claims.map((job) => job?.claim?.token)).toEqual(['batch-0', 'batch-1', 'batch-2', undefined]);
  expect(claims.map((job) => job?._id)).toEqual([...jobs.slice(0, 3).map(({ _id }) => _id), undefined]);

  const begin = (index: number, number: number, claimToken = `batch-${index}`) => {
    const attempt = buildAttempt({ jobId: jobs[index]?._id ?? '', claimToken, number });
    return ledger.beginAttempt({ attempt, progressed: false }).then((begun) => ({ begun, attempt }));
  };
  // The second of a job may be asked for before its first is there.
  const begun = await Promise.all([begin(0, 1), begin(1, 2), begin(1, 1), begin(2, 1, 'stale'), begin(2, 1)]);
  expect(begun.map(({ begun }) => begun)).toEqual([true, true, true, false, true]);

  const ends = begun.map((_, index) => buildAttemptEnd({ durationMs: index, message: `$m${index}` }));
  await Promise.all(
    begun.map(({ attempt }, index) => ledger.settleAttempt({ attemptId: attempt._id, end: ends[index]! })),
  );
  const found = await Promise.all(
    begun.map(({ attempt }) => bed.store.attempts.findById(attempt._id).lean()),
  );
  expect(found.map((one) => one && { ms: one.durationMs, message: one.message })).toEqual([
    { ms: 0, message: '$m0' },
    { ms: 1, message: '$m1' },
    { ms: 2, message: '$m2' },
    null,
    { ms: 4, message: '$m4' },
  ]);
});

it('lets no end of a claim that is gone stand in for that of the one which holds', async () => {
  const { _id } = await insert();
  await claim(_id, 'gone');
  await lapse(_id);
  await claim(_id, 'holds');
  const settle = (token: string, label: string) =>
    ledger.settleJob({
      jobId: _id,
      token,
      end: { ...end, result: { ...end.result, label } },
      erasesText: false,
    });
  const settled = await Promise.all([settle('gone', 'wrong'), settle('holds', 'right')]);
  expect(settled).toEqual([null, { eventId: expect.any(String) }]);
  expect((await bed.store.jobs.findById(_id).lean())?.result?.label).toBe('right');
});

it('lets a lapsed claim be taken over and counts the crash', async () => {
  const { _id } = await insert();
  await claim(_id, 'first');
  expect(await claim(_id, 'second')).toBeNull();
  await lapse(_id);
  expect(await claim(_id, 'second')).toMatchObject({ crashes: 1, claim: { token: 'second' } });
});

it('fences every write of a holder that lost its claim, but keeps what its attempt cost', async () => {
  const { _id } = await insert();
  await claim(_id, 'frozen');
  const attempt = buildAttempt({ jobId: _id, claimToken: 'frozen', number: 1 });
  expect(await ledger.beginAttempt({ attempt, progressed: false })).toBe(true);
  await lapse(_id);
  await claim(_id, 'awake');

  const another = buildAttempt({ jobId: _id, claimToken: 'frozen', number: 2 });
  expect(await ledger.beginAttempt({ attempt: another, progressed: false })).toBe(false);
  expect(await bed.store.attempts.exists({ _id: another._id })).toBeNull();
  expect(await ledger.settleJob({ jobId: _id, token: 'frozen', end, erasesText: false })).toBeNull();
  expect(
    await ledger.settleAttempt({ attemptId: attempt._id, end: buildAttemptEnd({ costNanoUsd: 42 }) }),
  ).toBe(true);
  expect(await bed.store.attempts.findById(attempt._id).lean()).toMatchObject({ costNanoUsd: 42 });
  expect(await bed.store.jobs.findById(_id).lean()).toMatchObject({ state: 'processing', result: null });
});

it('begins no attempt whose number another has, and the next claim takes the one after it', async () => {
  const { _id } = await insert();
  await bed.store.attempts.create(buildAttempt({ jobId: _id, claimToken: 'of another past', number: 1 }));
  await claim(_id, 'mine');
  const attempt = buildAttempt({ jobId: _id, claimToken: 'mine', number: 1 });
  expect(await ledger.beginAttempt({ attempt, progressed: false })).toBe(false);
  expect(await bed.store.attempts.exists({ _id: attempt._id })).toBeNull();
  await lapse(_id);
  const again = await claim(_id, 'next');
  const number = (again?.attemptCount ?? 0) + 1;
  const next = buildAttempt({ jobId: _id, claimToken: 'next', number });
  expect(await ledger.beginAttempt({ attempt: next, progressed: false })).toBe(true);
});

it('settles once, with the announcement in the same update and text taken literally', async () => {
  const { _id } = await insert();
  await claim(_id, 'mine');
  const [first, second] = await Promise.all([
    ledger.settleJob({ jobId: _id, token: 'mine', end, erasesText: false }),
    ledger.settleJob({ jobId: _id, token: 'other', end, erasesText: false }),
  ]);
  expect(second).toBeNull();
  const job = await bed.store.jobs.findById(_id).lean();
  expect(job).toMatchObject({ state: 'succeeded', claim: null, announce: { eventId: first?.eventId } });
  expect(job?.result?.label).toBe('$price');
  expect(job?.finishedAt).toBeInstanceOf(Date);
});

it('erases the text in the update that ends its job, where texts are not kept', async () => {
  const { _id } = await insert();
  await claim(_id, 'mine');
  const { usage, passedOver } = end;
  const deferred = { reason: 'paused' as const, nextTryAt: new Date() };
  const later = { state: 'deferred' as const, deferred, usage, passedOver };
  await ledger.settleJob({ jobId: _id, token: 'mine', end: later, erasesText: true });
  expect((await bed.store.jobs.findById(_id).lean())?.text).not.toBeNull();
  await claim(_id, 'again');
  await ledger.settleJob({ jobId: _id, token: 'again', end, erasesText: true });
  expect(await bed.store.jobs.findById(_id).lean()).toMatchObject({ state: 'succeeded', text: null });
});

it('announces nothing when a job is deferred', async () => {
  const { _id } = await insert();
  await claim(_id, 'mine');
  const nextTryAt = new Date(Date.now() + 60_000);
  const deferred = { reason: 'no_provider_available' as const, nextTryAt };
  const { usage, passedOver } = end;
  await ledger.settleJob({
    jobId: _id,
    token: 'mine',
    end: { state: 'deferred', deferred, usage, passedOver },
    erasesText: false,
  });
  const job = await bed.store.jobs.findById(_id).lean();
  expect(job).toMatchObject({ state: 'deferred', deferred: { nextTryAt }, finishedAt: null });
  expect(job?.announce).toBeUndefined();
});

it('renews what is held and names what is not', async () => {
  const held = await insert();
  const lost = await insert();
  await claim(held._id, 'held');
  await claim(lost._id, 'lost');
  await lapse(held._id);
  await lapse(lost._id);
  await claim(lost._id, 'thief');
  const tokens = await renewLeases(bed.store, [
    { jobId: held._id, token: 'held' },
    { jobId: lost._id, token: 'lost' },
  ]);
  expect(tokens).toEqual(['lost']);
  expect(await claim(held._id, 'late')).toBeNull();
});

it('claims the present generation of a job where one batch has an old one before it', async () => {
  const { _id } = await insert({ generation: 2 });
  const other = await insert();
  const claims = await Promise.all([
    claim(other._id, 'first'),
    claim(_id, 'old', 1),
    claim(_id, 'present', 2),
  ]);
  expect(claims.map((job) => job?.claim?.token)).toEqual(['first', undefined, 'present']);
});

it('has a lapsed job wait again, and gives it out once, under a new generation', async () => {
  const { _id, generation } = await insert();
  await claim(_id, 'dead');
  await lapse(_id);
  const found = (await findLapsedJobs(bed.store, 100)).filter((job) => job._id === _id);
  expect(await returnLapsedJobs(bed.store, found)).toBe(1);
  expect(await returnLapsedJobs(bed.store, found)).toBe(0);
  const taken = await Promise.all([1, 2, 3].map(() => takeWaitingJobs(bed.store, [_id], 'epoch')));
  const entry = { jobId: _id, generation: generation + 1, priority: 5, trace: null };
  expect(new Set(taken.flat().map((job) => JSON.stringify(job)))).toEqual(new Set([JSON.stringify(entry)]));
  expect(await bed.store.jobs.findById(_id).lean()).toMatchObject({ generation: generation + 1, crashes: 1 });
  expect(await claim(_id, 'old-payload', generation)).toBeNull();
});

it.each([
  ['behind', -3_600_000],
  ['ahead', 3_600_000],
])('finds what lapsed by the ledger’s clock, though its own is an hour %s', async (_where, skewMs) => {
  const [lapsed, held] = await Promise.all([insert(), insert()]);
  await Promise.all([claim(lapsed._id, 'dead'), claim(held._id, 'alive')]);
  await bed.store.jobs.updateOne({ _id: lapsed._id }, { 'claim.leaseUntil': new Date(Date.now() - 60_000) });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + skewMs });
  onTestFinished(() => void vi.useRealTimers());
  const found = (await findLapsedJobs(bed.store, 100)).map(({ _id }) => _id);
  expect(found).toContain(lapsed._id);
  expect(found).not.toContain(held._id);
});

it('has what a wiped Redis was holding wait again', async () => {
  const { _id } = await insert({ enqueuedEpoch: 'before' });
  const there = await insert({ enqueuedEpoch: 'after' });
  await returnLostJobs(bed.store, 'after', 100);
  expect(await bed.store.jobs.findById(_id).lean()).toMatchObject({ waiting: true });
  expect(await bed.store.jobs.findById(there._id).lean()).toMatchObject({ waiting: false });
});

it('gives concurrent twins of an idempotency key the same row', async () => {
  const rows = await Promise.all(
    Array.from({ length: 50 }, () =>
      ledger.reserveKey({
        _id: 'client\nkey',
        jobId: createId('job'),
        bodyHmac: 'hmac',
        keyVersion: 1,
        createdAt: new Date(),
      }),
    ),
  );
  expect(new Set(rows.map(({ jobId }) => jobId)).size).toBe(1);
});

it('forgets crashes once a dispatch has ended by itself, if only until later', async () => {
  const { _id } = await insert({ crashes: 4 });
  await claim(_id, 'mine');
  const deferred = { reason: 'no_provider_available' as const, nextTryAt: new Date() };
  const { usage, passedOver } = end;
  await ledger.settleJob({
    jobId: _id,
    token: 'mine',
    end: { state: 'deferred', deferred, usage, passedOver },
    erasesText: false,
  });
  expect(await bed.store.jobs.findById(_id).lean()).toMatchObject({ state: 'deferred', crashes: 0 });
});

it('tells whoever settles again, not knowing that it did, of the one announcement', async () => {
  const { _id } = await insert();
  await claim(_id, 'mine');
  const settle = () => ledger.settleJob({ jobId: _id, token: 'mine', end, erasesText: false });
  const first = await settle();
  expect(await settle()).toEqual(first);
  await bed.store.jobs.updateOne({ _id }, { $unset: { announce: 1 } });
  expect(await settle()).toEqual({ eventId: null });
});

it('leaves the end of a job to whoever ended it since, though its deferral was written here', async () => {
  const deferred = { reason: 'no_provider_available' as const, nextTryAt: new Date() };
  const { usage, passedOver } = end;
  const ending = { state: 'deferred' as const, deferred, usage, passedOver };
  const { _id } = await insert();
  await claim(_id, 'mine');
  const settle = () => ledger.settleJob({ jobId: _id, token: 'mine', end: ending, erasesText: false });
  expect(await settle()).toEqual({ eventId: null });
  await cancelJobs(bed.store, [_id], { erasesText: false });
  expect(await settle()).toBeNull();

  const failed = await insert();
  await claim(failed._id, 'mine');
  const fail = () =>
    ledger.settleJob({
      jobId: failed._id,
      token: 'mine',
      end: { state: 'failed', error: { code: 'internal_error', message: '' }, usage, passedOver },
      erasesText: false,
    });
  expect(await fail()).not.toBeNull();
  await retryJobs(bed.store, [failed._id], { evenUntold: true });
  await cancelJobs(bed.store, [failed._id], { erasesText: false });
  expect(await fail()).toBeNull();
});

it('sums up what a job used so that no sum is older than what it was written over', async () => {
  const { _id } = await insert({ state: 'succeeded' });
  const settled = { ...buildAttemptEnd({ costNanoUsd: 5 }), settledAt: new Date() };
  await bed.store.attempts.create({ ...buildAttempt({ jobId: _id, number: 1 }), ...settled });
  const late = buildAttempt({ jobId: _id, number: 2 });
  // It is settled between the read of the attempts and the write of their sum.
  const jobs = toNative(bed.store.jobs);
  vi.spyOn(jobs, 'bulkWrite').mockImplementationOnce(async (...args) => {
    vi.restoreAllMocks();
    await bed.store.attempts.create({ ...late, ...settled });
    return jobs.bulkWrite(...args);
  });
  await refreshUsage(bed.store, _id);
  expect((await bed.store.jobs.findById(_id).lean())?.usage).toMatchObject({ costNanoUsd: 10 });
});

it('lets no sum that reaches the ledger late undo a newer one', async () => {
  const { _id } = await insert({ state: 'succeeded' });
  const settled = { ...buildAttemptEnd({ costNanoUsd: 5 }), settledAt: new Date() };
  await bed.store.attempts.create({ ...buildAttempt({ jobId: _id, number: 1 }), ...settled });
  const jobs = toNative(bed.store.jobs);
  const late: Parameters<typeof jobs.bulkWrite>[] = [];
  vi.spyOn(jobs, 'bulkWrite').mockImplementationOnce((...args) => {
    late.push(args);
    vi.restoreAllMocks();
    throw new Error('No answer in time');
  });
  await expect(refreshUsage(bed.store, _id)).rejects.toThrow('No answer in time');
  await bed.store.attempts.create({ ...buildAttempt({ jobId: _id, number: 2 }), ...settled });
  await refreshUsage(bed.store, _id);
  for (const args of late) await jobs.bulkWrite(...args);
  expect((await bed.store.jobs.findById(_id).lean())?.usage).toMatchObject({ costNanoUsd: 10 });
});

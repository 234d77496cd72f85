import { createId, toIdAt } from '@understudy/shared/ids';
import { PROGRESS_ID } from '@understudy/shared/store/answer-stats/model';
import { toIdempotencyId } from '@understudy/shared/store/idempotency-keys/reserve-key';
import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import { expireJobs } from '@understudy/shared/store/retention/expire-jobs';
import {
  buildAttempt,
  buildAttemptEnd,
  buildBatch,
  buildFailover,
  buildJob,
} from '@understudy/shared/testing/builders';
import { insertDeliveries, toDelivery } from '@understudy/shared/store/webhooks/insert-deliveries';
import { toNative } from '@understudy/shared/store/define-model';
import { changeDispatchConfig } from '@understudy/shared/testing/change-dispatch-config';
import { profileQueries } from '@understudy/shared/testing/profile-queries';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/fake-clock.ts';
import { createExpire } from './retention.ts';

let bed: TestBed;
let expire: () => Promise<void>;
const clock = createFakeClock();
beforeAll(async () => {
  bed = await createTestBed();
});
beforeEach(async () => {
  const { jobs, batches, deliveries, attempts, failovers, idempotencyKeys, healthChecks, audit } = bed.store;
  for (const model of [
    jobs,
    batches,
    deliveries,
    attempts,
    failovers,
    idempotencyKeys,
    healthChecks,
    audit,
  ]) {
    await model.collection.deleteMany({});
  }
  await keepFor({ textDays: 30, jobDays: 90, healthDays: 30 });
  expire = createExpire({ ...bed, clock });
});
afterAll(() => bed.close());

const keepFor = (retention: DispatchConfig['retention']) =>
  changeDispatchConfig(bed.store, (config) => ({ ...config, retention }));
const daysAgo = (days: number) => new Date(clock.now() - days * 86_400_000);
const result = { label: 'bug', labels: [{ name: 'bug', confidence: 1 }], rationale: 'It crashes.' };

async function insert(days: number, overrides: Partial<JobDocument> = {}): Promise<string> {
  const finishedAt = daysAgo(days);
  const job = buildJob({ state: 'succeeded', createdAt: finishedAt, finishedAt, result, ...overrides });
  await bed.store.jobs.create(job);
  return job._id;
}
/** A job with all that belongs to it. */
async function insertWhole(days: number, overrides: Partial<JobDocument> = {}): Promise<string> {
  const jobId = await insert(days, { attemptCount: 2, ...overrides });
  const end = { ...buildAttemptEnd(), settledAt: daysAgo(days), counted: true };
  const attempts = [1, 2].map((number) => ({ ...buildAttempt({ jobId, number }), ...end }));
  await bed.store.attempts.insertMany(attempts);
  await bed.store.failovers.create(buildFailover({ jobId, at: daysAgo(days) }));
  const row = { jobId, bodyHmac: '00', keyVersion: 1, createdAt: daysAgo(days) };
  await bed.store.idempotencyKeys.create({ _id: toIdempotencyId('default', jobId), ...row });
  return jobId;
}
const read = (id: string) => bed.store.jobs.findById(id).lean<JobDocument>();
const countOf = (jobId: string) =>
  Promise.all([
    bed.store.jobs.countDocuments({ _id: jobId }),
    bed.store.attempts.countDocuments({ jobId }),
    bed.store.failovers.countDocuments({ jobId }),
    bed.store.idempotencyKeys.countDocuments({ jobId }),
  ]);

describe('retention', () => {
  it('takes the text of a job that ended long ago, and nothing else', async () => {
    const [old, young] = [await insert(31), await insert(29)];
    const open = await insert(40, { state: 'queued', finishedAt: null });
    await expire();
    expect(await read(old)).toMatchObject({ text: null, result, labels: ['billing', 'bug'], erasedAt: null });
    for (const id of [young, open]) expect((await read(id))?.text).not.toBeNull();
  });

  it('takes nothing early where the clock of a worker is ahead', async () => {
    const jobId = await insertWhole(1);
    const before = await countOf(jobId);
    const ahead = { ...clock, now: () => clock.now() + 365 * 86_400_000 };
    await createExpire({ ...bed, clock: ahead })();
    expect(await countOf(jobId)).toEqual(before);
    expect((await bed.store.jobs.findById(jobId).lean())?.text).not.toBeNull();
  });

  it('takes the texts that were left when texts are kept for no day any more', async () => {
    const id = await insert(0.001);
    await keepFor({ textDays: 0, jobDays: 90, healthDays: 30 });
    await expire();
    expect((await read(id))?.text).toBeNull();
  });

  it('keeps an evaluation, which has no text, when its jobs are gone; its key goes', async () => {
    const _id = createId('evl');
    const evaluation = { isSummarised: true, summary: { known: 1 } } as never;
    const finishedAt = daysAgo(91);
    const ended = { state: 'finished' as const, seenAt: finishedAt, finishedAt, createdAt: finishedAt };
    await bed.store.batches.create(buildBatch({ _id, ...ended, evaluation }));
    const unread = createId('evl');
    const unknown = { isSummarised: false, summary: null } as never;
    await bed.store.batches.create(buildBatch({ _id: unread, ...ended, evaluation: unknown }));
    const row = { jobId: _id, bodyHmac: '00', keyVersion: 1, createdAt: finishedAt };
    await bed.store.idempotencyKeys.create({ _id: toIdempotencyId('default', _id), ...row });
    const jobId = await insert(89, { batchId: _id });
    await expire();
    expect((await bed.store.batches.findById(_id).lean())?.state).toBe('finished');
    await bed.store.jobs.deleteOne({ _id: jobId });
    await expire();
    await expire();
    expect(await bed.store.batches.findById(_id).lean()).toMatchObject({ state: 'archived', evaluation });
    expect((await bed.store.batches.findById(unread).lean())?.state).toBe('finished');
    expect(await bed.store.idempotencyKeys.countDocuments({ jobId: _id })).toBe(0);
  });

  it('takes a batch once it has no job left, and its key with it, not before', async () => {
    const batchId = createId('bat');
    const jobId = await insert(89, { batchId });
    const row = { bodyHmac: '00', keyVersion: 1, createdAt: daysAgo(91) };
    await bed.store.idempotencyKeys.create({
      _id: toIdempotencyId('default', batchId),
      jobId: batchId,
      ...row,
    });
    const counts = { queued: 0, processing: 0, deferred: 0, succeeded: 1, failed: 0, cancelled: 0 };
    const [createdAt, seenAt] = [daysAgo(91), daysAgo(91)];
    const batch = { client: 'default', state: 'finished' as const, total: 1, createdAt, seenAt, counts };
    await bed.store.batches.create({ _id: batchId, finishedAt: daysAgo(91), ...batch });
    const countBatch = async () => [
      await bed.store.batches.countDocuments({ _id: batchId }),
      await bed.store.idempotencyKeys.countDocuments({ jobId: batchId }),
    ];
    await expire();
    expect(await countBatch()).toEqual([1, 1]);
    await bed.store.jobs.updateOne({ _id: jobId }, { finishedAt: daysAgo(91) });
    await expire();
    await expire();
    expect(await countBatch()).toEqual([0, 0]);
  });

  it('takes a job with its attempts, its failovers and its idempotency key', async () => {
    const [old, young] = [await insertWhole(91), await insertWhole(89)];
    const open = await insertWhole(91, { state: 'deferred', finishedAt: null, createdAt: daysAgo(100) });
    await expire();
    expect(await countOf(old)).toEqual([0, 0, 0, 0]);
    expect(await countOf(young)).toEqual([1, 2, 1, 1]);
    expect(await countOf(open)).toEqual([1, 2, 1, 1]);
  });

  it('leaves a job whole that usage has not counted yet', async () => {
    const id = await insertWhole(91);
    await bed.store.attempts.updateOne({ jobId: id, number: 2 }, { counted: false });
    await expire();
    expect((await countOf(id)).slice(0, 2)).toEqual([1, 2]);
    await bed.store.attempts.updateMany({ jobId: id }, { counted: true });
    await expire();
    expect(await countOf(id)).toEqual([0, 0, 0, 0]);
  });

  it('leaves a job for as long as its end is being delivered, however short it is kept, and takes all with it', async () => {
    await keepFor({ textDays: 0, jobDays: 1, healthDays: 30 });
    // The statistics have all.
    await toNative(bed.store.answerBuckets).updateOne({ _id: PROGRESS_ID }, { $set: { at: daysAgo(0) } });
    const [jobId, older] = [await insertWhole(1.1), await insertWhole(1.2)];
    const to = { target: 'whk_1', webhookId: 'whk_1', client: 'default', url: null, body: '{}', once: false };
    const event = { eventId: createId('evt'), type: 'classification.succeeded' as const, jobId };
    const delivery = toDelivery({ ...event, ...to }, daysAgo(1));
    await insertDeliveries(bed.store, [delivery]);
    await expire();
    expect((await countOf(jobId)).slice(0, 2)).toEqual([1, 2]);
    expect(await countOf(older)).toEqual([0, 0, 0, 0]);
    await bed.store.jobs.updateOne({ _id: jobId }, { finishedAt: daysAgo(1.2) });
    await expire();
    expect(await countOf(jobId)).toEqual([0, 0, 0, 0]);
    expect(await bed.store.deliveries.countDocuments({ jobId })).toBe(0);
  });

  it('leaves the samples of an evaluation until it is written down, and takes others that ended after them', async () => {
    const _id = createId('evl');
    const evaluation = { isSummarised: false, summary: null } as never;
    await bed.store.batches.create(buildBatch({ _id, evaluation }));
    const samples = await Promise.all([95, 94].map((days) => insert(days, { batchId: _id })));
    const other = await insert(91);
    expect(await expireJobs(bed.store, daysAgo(90), 1)).toBe(1);
    expect(await read(other)).toBeNull();
    expect(await expireJobs(bed.store, daysAgo(90), 1)).toBe(0);
    await bed.store.batches.updateOne({ _id }, { state: 'finished', 'evaluation.isSummarised': true });
    await expire();
    for (const id of samples) expect(await read(id)).toBeNull();
  });

  it('leaves a job or a batch whose end is still to be told', async () => {
    const announce = { eventId: createId('evt'), at: daysAgo(91) };
    const jobId = await insertWhole(91, { announce });
    const [finishedAt, seenAt] = [daysAgo(91), daysAgo(91)];
    const batch = buildBatch({ state: 'finished', finishedAt, seenAt, announce });
    await bed.store.batches.create(batch);
    const countBatch = () => bed.store.batches.countDocuments({ _id: batch._id });
    await expire();
    expect(await countOf(jobId)).toEqual([1, 2, 1, 1]);
    expect(await countBatch()).toBe(1);
    const told = { $unset: { announce: 1 } };
    await bed.store.jobs.updateOne({ _id: jobId }, told);
    await bed.store.batches.updateOne({ _id: batch._id }, told);
    await expire();
    expect(await countOf(jobId)).toEqual([0, 0, 0, 0]);
    expect(await countBatch()).toBe(0);
  });

  it('takes a job or has it retried, never the half of both', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => insertWhole(91, { state: 'failed' })));
    const retries = ids.map((id) => retryJobs(bed.store, [id], { evenUntold: true }));
    const [, ...retried] = await Promise.all([expireJobs(bed.store, daysAgo(90), 100), ...retries]);
    await expireJobs(bed.store, daysAgo(90), 100);
    for (const [index, id] of ids.entries()) {
      const [jobs, attempts] = await countOf(id);
      expect([jobs, attempts]).toEqual(retried[index] === 1 ? [1, 2] : [0, 0]);
    }
  });

  it('takes attempts of tests and drills, and drills’ failovers, which belong to no job', async () => {
    const end = { ...buildAttemptEnd(), settledAt: daysAgo(91), counted: true };
    const drill = { ...buildAttempt({ jobId: 'int_1', purpose: 'drill' }), ...end };
    const pending = buildAttempt({ jobId: 'int_2', purpose: 'test', startedAt: daysAgo(91) });
    const young = { ...buildAttempt({ jobId: 'int_3', purpose: 'health' }), ...end, settledAt: daysAgo(1) };
    await bed.store.attempts.insertMany([drill, pending, young]);
    const ofDrill = (days: number) =>
      buildFailover({ _id: toIdAt('fov', daysAgo(days).getTime()), jobId: 'int_1', drill: true });
    await bed.store.failovers.create([ofDrill(91), ofDrill(89)]);
    await expire();
    const left = await bed.store.attempts.find({}, { jobId: 1 }).sort({ jobId: 1 }).lean();
    expect(left.map(({ jobId }) => jobId)).toEqual(['int_2', 'int_3']);
    expect(await bed.store.failovers.distinct('_id')).toEqual([ofDrill(89)._id]);
  });

  it('keeps health checks for as long as is set, and the audit log for good', async () => {
    const check = { providerId: 'prv_1', found: 'healthy', status: 'healthy', deep: false } as const;
    const rest = { responseTimeMs: 1, errorMessage: null };
    await bed.store.healthChecks.create([
      { _id: 'chk_old', at: daysAgo(61), ...check, ...rest },
      { _id: 'chk_young', at: daysAgo(59), ...check, ...rest },
    ]);
    const row = {
      actor: { tokenId: null, name: 'x' },
      action: 'x',
      target: { kind: 'x', id: 'x', name: 'x' },
    };
    await bed.store.audit.create({ _id: 'aud_1', at: daysAgo(9_000), ...row, before: null, after: null });
    await keepFor({ textDays: 30, jobDays: 90, healthDays: 60 });
    await expire();
    expect(await bed.store.healthChecks.distinct('_id')).toEqual(['chk_young']);
    expect(await bed.store.audit.countDocuments()).toBe(1);
  });

  it('takes a key that never came to a job after a day, and no key of a job', async () => {
    const key = (_id: string, jobId: string, days: number) =>
      bed.store.idempotencyKeys.create({
        _id,
        jobId,
        bodyHmac: '00',
        keyVersion: 1,
        createdAt: daysAgo(days),
      });
    await key('a', 'job_never', 1.1);
    await key('b', 'job_never_too', 0.9);
    await key('c', await insert(2), 2);
    await expire();
    expect(await bed.store.idempotencyKeys.distinct('_id')).toEqual(['b', 'c']);
  });

  it('works in bounded steps until nothing is left', async () => {
    const jobs = Array.from({ length: 1_200 }, () =>
      buildJob({ state: 'succeeded', finishedAt: daysAgo(91) }),
    );
    await toNative(bed.store.jobs).insertMany(jobs);
    const profiled = await profileQueries(bed.store, expire);
    expect(await bed.store.jobs.countDocuments()).toBe(0);
    expect(Math.max(...profiled.map(({ docsExamined }) => docsExamined))).toBeLessThanOrEqual(500);
  });
});

it('examines what is expired and nothing else, however much is finished', async () => {
  for (let index = 0; index < 10; index += 1) await insertWhole(91);
  const finished = Array.from({ length: 20_000 }, (_, index) =>
    buildJob({ state: 'succeeded', finishedAt: daysAgo(1.5 + (index % 80)), text: index % 2 ? 'x' : null }),
  );
  await bed.store.jobs.collection.insertMany(finished as never);
  // Their texts are gone since long; only those of the last ten are still to be taken.
  const olderThan30 = {
    finishedAt: { $lt: daysAgo(30) },
    _id: { $in: finished.slice(10).map(({ _id }) => _id) },
  };
  await bed.store.jobs.updateMany(olderThan30, { text: null });

  const jobs = bed.store.jobs.collection;
  const final = { state: { $in: ['succeeded', 'failed', 'cancelled'] } };
  const explain = async (filter: object, hint: string) => {
    const explained = await jobs.find(filter, { hint, sort: { finishedAt: 1 } }).explain('executionStats');
    const { nReturned, totalDocsExamined } = explained['executionStats'];
    return { nReturned, totalDocsExamined };
  };
  expect(await explain({ ...final, finishedAt: { $lt: daysAgo(90) } }, 'finished')).toEqual({
    nReturned: 10,
    totalDocsExamined: 10,
  });
  const texts = { ...final, finishedAt: { $lt: daysAgo(30) }, text: { $type: 'string' } };
  const { nReturned, totalDocsExamined } = await explain(texts, 'texts');
  expect(totalDocsExamined).toBe(nReturned);
  expect(nReturned).toBeLessThanOrEqual(20);

  const profiled = await profileQueries(bed.store, expire);
  const costly = profiled.filter(({ docsExamined, plan }) => docsExamined > 30 || plan.includes('COLLSCAN'));
  // The settings are the one document of their collection.
  expect(costly.filter(({ collection }) => collection !== 'settings')).toEqual([]);
  expect(await bed.store.jobs.countDocuments()).toBe(20_000);
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildAttempt, buildAttemptEnd, buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import { cancelJobs } from './cancel-jobs.ts';
import { correctJob } from './correct-job.ts';
import { eraseJobs } from './erase-jobs.ts';
import type { JobDocument } from './model.ts';
import { refreshUsage } from './refresh-usage.ts';
import { retryJobs } from './retry-jobs.ts';
import type { JobEnd } from './settle-job.ts';
import { takeWaitingJobs } from './waiting-jobs.ts';

let bed: TestBed;
let ledger: Ledger;
beforeAll(async () => {
  bed = await createTestBed();
  ledger = createLedger(bed.store);
});
afterAll(() => bed.close());

const usage = { inputTokens: 1, outputTokens: 1, costNanoUsd: 1, pricing: 'priced' as const };
const result = { label: 'bug', labels: [{ name: 'bug', confidence: 1 }], rationale: 'It crashes.' };
const provider = { id: 'prv_1', name: 'main', type: 'openai', model: 'm' } as const;
const answered: JobEnd = { state: 'succeeded', result, provider, degraded: false, usage, passedOver: [] };
const message = 'Said: My card was charged twice';
const FAILED = { state: 'failed', error: { code: 'content_filtered', message } } as const;

async function insert(overrides: Partial<JobDocument> = {}): Promise<string> {
  const job = buildJob(overrides);
  await bed.store.jobs.create(job);
  return job._id;
}
async function attempt(jobId: string, overrides: Parameters<typeof buildAttempt>[0] = {}) {
  const document = buildAttempt({ jobId, ...overrides });
  await bed.store.attempts.create(document);
  return document._id;
}
const read = async (id: string) => (await bed.store.jobs.findById(id).lean<JobDocument>()) as JobDocument;
const readAttempts = (jobId: string) => bed.store.attempts.find({ jobId }).sort({ number: 1 }).lean();
const cancel = (...ids: string[]) => cancelJobs(bed.store, ids, { erasesText: false });
const retry = (...ids: string[]) => retryJobs(bed.store, ids, { evenUntold: true });
const claim = (jobId: string, token: string, generation = 1) =>
  ledger.claimJob({ jobId, generation, token, workerId: 'w1' });
const settle = (jobId: string, token: string) =>
  ledger.settleJob({ jobId, token, end: answered, erasesText: false });

describe('cancelling', () => {
  it('ends every open job with an announcement of its own, and no other', async () => {
    const nextTryAt = new Date();
    const open = await Promise.all([
      insert({ waiting: true }),
      insert(),
      insert({ state: 'deferred', deferred: { reason: 'paused', nextTryAt } }),
      insert({ state: 'processing', claim: { token: 't', workerId: 'w', leaseUntil: new Date() } }),
    ]);
    const failed = await insert(FAILED);
    const { ended, queued } = await cancel(...open, failed, 'job_nobody');
    expect(ended).toBe(4);
    expect(queued).toEqual([{ jobId: open[1], generation: 1 }]);
    const jobs = await Promise.all(open.map(read));
    for (const job of jobs) {
      expect(job).toMatchObject({
        state: 'cancelled',
        error: { code: 'cancelled' },
        text: expect.any(String),
      });
      expect(job).toMatchObject({
        claim: null,
        waiting: false,
        deferred: null,
        finishedAt: expect.any(Date),
      });
    }
    expect(new Set(jobs.map(({ announce }) => announce?.eventId)).size).toBe(4);
    expect(await read(failed)).toMatchObject(FAILED);
    expect((await cancel(...open)).ended).toBe(0);
  });

  it('or settling wins, whichever comes first, and each knows', async () => {
    for (let turn = 0; turn < 30; turn += 1) {
      const id = await insert();
      await claim(id, 'mine');
      const [cancelled, settled] = await Promise.all([cancel(id), settle(id, 'mine')]);
      const { state, announce } = await read(id);
      expect([cancelled.ended, settled === null]).toEqual(state === 'cancelled' ? [1, true] : [0, false]);
      expect(settled?.eventId ?? announce?.eventId).toBe(announce?.eventId);
    }
  });

  it('counts what earlier attempts cost', async () => {
    const id = await insert({ attemptCount: 2 });
    await attempt(id, buildAttemptEnd({ costNanoUsd: 70 }));
    await attempt(id, { number: 2 });
    await cancel(id);
    expect((await read(id)).usage).toMatchObject({ costNanoUsd: 70, inputTokens: 100 });
  });

  it('erases the text in the same update where texts are not kept', async () => {
    const id = await insert();
    await cancelJobs(bed.store, [id], { erasesText: true });
    expect(await read(id)).toMatchObject({ state: 'cancelled', text: null, erasedAt: null });
  });

  it('leaves nothing to a feeder that has just chosen the job', async () => {
    const id = await insert({ waiting: true });
    await cancel(id);
    expect(await takeWaitingJobs(bed.store, [id], 'epoch')).toEqual([]);
  });
});

describe('retrying', () => {
  it('makes a new generation of a failed or cancelled job, as on its first day but for its attempts', async () => {
    const createdAt = new Date(Date.now() - 3_600_000);
    const passedOver = [{ provider, reason: 'cooldown' as const, until: null }];
    const ended = { createdAt, deadlineMs: 60_000, attemptCount: 2, crashes: 5, finishedAt: createdAt };
    const ids = await Promise.all([
      insert({ ...FAILED, ...ended, passedOver, usage }),
      insert({ state: 'cancelled', ...ended, usage }),
    ]);
    expect(await retry(...ids)).toBe(2);
    for (const job of await Promise.all(ids.map(read))) {
      expect(job).toMatchObject({ state: 'queued', waiting: true, generation: 2, attemptCount: 2, usage });
      expect(job).toMatchObject({ error: null, result: null, crashes: 0, finishedAt: null, passedOver: [] });
      expect(job.createdAt).toEqual(createdAt);
      expect(Math.abs(job.deadlineAt.getTime() - Date.now() - 60_000)).toBeLessThan(30_000);
    }
    expect(await retry(...ids)).toBe(0);
  });

  it.each(['queued', 'deferred', 'processing', 'succeeded'] as const)(
    'does nothing to a %s job',
    async (state) => {
      const id = await insert({ state });
      expect(await retry(id)).toBe(0);
      expect(await read(id)).toMatchObject({ state, generation: 1 });
    },
  );

  it('does nothing to a job without its text', async () => {
    expect(await retry(await insert({ ...FAILED, text: null }))).toBe(0);
  });

  it('waits until the end so far was told, unless it is not to be told any more', async () => {
    const id = await insert();
    await cancel(id);
    expect(await retryJobs(bed.store, [id], { evenUntold: false })).toBe(0);
    expect(await retry(id)).toBe(1);
    expect((await read(id)).announce).toBeUndefined();
  });

  it('is told by an event of its own at its end', async () => {
    const id = await insert();
    await cancel(id);
    const first = (await read(id)).announce?.eventId;
    await retry(id);
    const [taken] = await takeWaitingJobs(bed.store, [id], 'epoch');
    await claim(id, 'again', taken?.generation);
    await settle(id, 'again');
    const { announce, state } = await read(id);
    expect(state).toBe('succeeded');
    expect(announce?.eventId).not.toBe(first);
  });

  it('lets no write of an earlier generation land but its attempt and its cost', async () => {
    const id = await insert();
    await claim(id, 'frozen');
    const begun = buildAttempt({ jobId: id, claimToken: 'frozen', number: 1 });
    expect(await ledger.beginAttempt({ attempt: begun, progressed: false })).toBe(true);
    await cancel(id);
    await retry(id);
    const [taken] = await takeWaitingJobs(bed.store, [id], 'epoch');
    expect(taken?.generation).toBe(3);
    expect(await claim(id, 'awake', 3)).toMatchObject({ attemptCount: 1 });
    const before = await read(id);

    // It wakes: with its claim still to be made, its call to be begun, settled, failed or put off.
    expect(await claim(id, 'frozen')).toBeNull();
    const another = buildAttempt({ jobId: id, claimToken: 'frozen', number: 2 });
    expect(await ledger.beginAttempt({ attempt: another, progressed: true })).toBe(false);
    expect(await settle(id, 'frozen')).toBeNull();
    const end = buildAttemptEnd({ costNanoUsd: 42 });
    expect(await ledger.settleAttempt({ attemptId: begun._id, end })).toBe(true);
    await refreshUsage(bed.store, id);
    expect(await read(id)).toEqual(before);

    const own = buildAttempt({ jobId: id, claimToken: 'awake', number: 2 });
    expect(await ledger.beginAttempt({ attempt: own, progressed: false })).toBe(true);
    await settle(id, 'awake');
    expect(await read(id)).toMatchObject({ state: 'succeeded', attemptCount: 2, settledBy: 'awake' });
    expect(await readAttempts(id)).toMatchObject([
      { number: 1, claimToken: 'frozen', costNanoUsd: 42 },
      { number: 2, claimToken: 'awake' },
    ]);
  });
});

describe('erasing', () => {
  it('cancels an open job and takes away what is known of it in one update', async () => {
    const id = await insert({ correction: { labels: ['bug'], at: new Date(), by: 'me' } });
    expect(await eraseJobs(bed.store, [id])).toMatchObject({ ended: 1, erased: 1 });
    expect(await read(id)).toMatchObject({
      state: 'cancelled',
      text: null,
      correction: null,
      erasedAt: expect.any(Date),
      announce: { eventId: expect.any(String) },
    });
  });

  it('takes text, answer and vendors’ words of an ended job, and keeps its accounts', async () => {
    const ended = { attemptCount: 1, usage, provider, metadata: { ticket: '42' } };
    const done = await insert({ state: 'succeeded', result, ...ended });
    const failed = await insert({ ...FAILED, ...ended });
    const end = buildAttemptEnd({ outcome: 'failed', fault: 'content_filter', message, costNanoUsd: 7 });
    await attempt(failed, end);
    expect(await eraseJobs(bed.store, [done, failed])).toMatchObject({ ended: 0, erased: 2 });
    const [first, second] = [await read(done), await read(failed)];
    expect(first).toMatchObject({ state: 'succeeded', text: null, result: null, error: null, ...ended });
    expect(second).toMatchObject({ state: 'failed', error: { code: 'content_filtered' }, ...ended });
    expect(JSON.stringify([first, second, await readAttempts(failed)])).not.toMatch(/charged|It crashes/);
    expect(await readAttempts(failed)).toMatchObject([{ costNanoUsd: 7, fault: 'content_filter' }]);
  });

  it('happens once, and is not undone by an attempt that is settled later', async () => {
    const id = await insert({ attemptCount: 1 });
    const attemptId = await attempt(id);
    await eraseJobs(bed.store, [id]);
    const { erasedAt } = await read(id);
    expect(await eraseJobs(bed.store, [id])).toMatchObject({ ended: 0, erased: 0 });
    await ledger.settleAttempt({ attemptId, end: buildAttemptEnd({ message, costNanoUsd: 9 }) });
    await refreshUsage(bed.store, id);
    expect(await read(id)).toMatchObject({ erasedAt, usage: { costNanoUsd: 9 } });
    expect((await readAttempts(id))[0]?.message).toBeNull();
    expect(await retry(id)).toBe(0);
  });
});

it('takes a correction literally, and none of an erased job', async () => {
  const id = await insert({ state: 'succeeded', result });
  expect(await correctJob(bed.store, id, { labels: ['$text'], by: '$client' })).toBe(true);
  expect((await read(id)).correction).toEqual({ labels: ['$text'], by: '$client', at: expect.any(Date) });
  expect(await correctJob(bed.store, id, null)).toBe(true);
  expect((await read(id)).correction).toBeNull();
  await eraseJobs(bed.store, [id]);
  expect(await correctJob(bed.store, id, { labels: ['bug'], by: 'me' })).toBe(false);
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { createClaimJob } from './claim-job.ts';
import type { JobDocument, JobTrace } from './model.ts';
import { retryJobs } from './retry-jobs.ts';
import { takeWaitingJobs } from './waiting-jobs.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

const toTraceparent = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const [REQUEST, SPAN, LATER] = ['1', '2', '3'].map(toTraceparent) as [string, string, string];

async function insert(trace: JobTrace | null, overrides: Partial<JobDocument> = {}): Promise<string> {
  const job = buildJob({ ...overrides, ...(trace && { trace }) });
  await bed.store.jobs.create(job);
  return job._id;
}
const readTrace = async (id: string) => (await bed.store.jobs.findById(id).lean())?.trace;

it('is its own from the first claim on, of a job that came with many; of others it stays', async () => {
  const claim = createClaimJob(bed.store);
  const of = {
    many: await insert({ traceparent: REQUEST, role: 'link' }),
    one: await insert({ traceparent: REQUEST, role: 'parent' }),
    untraced: await insert(null),
    unseen: await insert({ traceparent: REQUEST, role: 'link' }),
  };
  const input = (jobId: string, traceparent: string | null) => {
    return { jobId, generation: 1, token: jobId, workerId: 'w', traceparent };
  };
  // In one batch, of which each has what is its own.
  const claimed = await Promise.all([
    claim(input(of.many, SPAN)),
    claim(input(of.one, LATER)),
    claim(input(of.untraced, LATER)),
    claim(input(of.unseen, null)),
  ]);
  expect(claimed.map((job) => job?.trace)).toEqual([
    { traceparent: SPAN, role: 'parent' },
    { traceparent: REQUEST, role: 'parent' },
    undefined,
    { traceparent: REQUEST, role: 'link' },
  ]);
  await bed.store.jobs.updateOne({ _id: of.many }, { state: 'queued', generation: 2 });
  await claim({ ...input(of.many, LATER), generation: 2, token: 'again' });
  expect(await readTrace(of.many)).toEqual({ traceparent: SPAN, role: 'parent' });
});

it('comes with a job that is taken into the window', async () => {
  const trace = { traceparent: REQUEST, role: 'parent' } as const;
  const ids = [await insert(trace, { waiting: true }), await insert(null, { waiting: true })];
  const taken = await takeWaitingJobs(bed.store, ids, 'epoch');
  expect(taken.map((job) => job.trace)).toEqual([trace, null]);
});

it('is a new one when a job is tried again, which knows the one before', async () => {
  const ended = { state: 'failed', finishedAt: new Date() } as const;
  const ids = [
    await insert({ traceparent: REQUEST, role: 'parent', earlier: LATER }, ended),
    await insert(null, ended),
  ];
  const again = { evenUntold: true, trace: { traceparent: SPAN, role: 'link' } } as const;
  expect(await retryJobs(bed.store, ids, again)).toBe(2);
  expect(await Promise.all(ids.map(readTrace))).toEqual([
    { traceparent: SPAN, role: 'link', earlier: REQUEST },
    { traceparent: SPAN, role: 'link' },
  ]);
  await bed.store.jobs.updateMany({ _id: { $in: ids } }, ended);
  expect(await retryJobs(bed.store, ids, { evenUntold: true })).toBe(2);
  expect(await Promise.all(ids.map(readTrace))).toEqual([undefined, undefined]);
});

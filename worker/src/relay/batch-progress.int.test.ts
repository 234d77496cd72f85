import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EvaluationFacts } from '@understudy/shared/store/evaluations/facts';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import type { AppEvent } from '@understudy/shared/events/events';
import type { BatchDocument, BatchState } from '@understudy/shared/store/batches/model';
import { toItemId, toStagedId } from '@understudy/shared/store/batches/item-id';
import { createId } from '@understudy/shared/ids';
import { buildBatch, buildJob } from '@understudy/shared/testing/builders';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { createBatchProgress } from './batch-progress.ts';
import { createBatchUpkeep } from '../upkeep/batches.ts';
import { createRelay, type Relay } from './relay.ts';
import { createFakeClock } from '../testing/fake-clock.ts';

let bed: TestBed;
let relay: Relay;
let clock: ReturnType<typeof createFakeClock>;
beforeAll(async () => {
  bed = await createTestBed();
  relay = createRelay(bed);
});
afterAll(() => bed.close());
beforeEach(async () => {
  clock = createFakeClock();
  const { jobs, batches, stagedJobs } = bed.store;
  await Promise.all([jobs.deleteMany({}), batches.deleteMany({}), stagedJobs.deleteMany({})]);
  await bed.redis.del(`${bed.prefix}:events`);
});

const newProcess = () => createBatchProgress({ ...bed, relay, clock });
const newUpkeep = () => createBatchUpkeep({ ...bed, batches: newProcess(), relay });
async function insertBatch(total: number, overrides: Partial<BatchDocument> = {}): Promise<string> {
  const batch = buildBatch({ total, ...overrides });
  await bed.store.batches.create(batch);
  await bed.store.jobs.insertMany(
    Array.from({ length: total }, (_, index) =>
      buildJob({ _id: toItemId(batch._id, index), batchId: batch._id, waiting: true }),
    ),
  );
  return batch._id;
}
const end = (batchId: string, ...indexes: number[]) =>
  bed.store.jobs.updateMany(
    { _id: { $in: indexes.map((index) => toItemId(batchId, index)) } },
    { state: 'succeeded', finishedAt: new Date() },
  );
const passTime = async (batchId: string) => {
  clock.advance(1_000);
  await bed.store.batches.updateOne({ _id: batchId }, { seenAt: new Date(0) });
};
const read = (id: string) => bed.store.batches.findById(id).lean<BatchDocument>();
async function readEvents(): Promise<AppEvent[]> {
  await relay.flush();
  const entries = await bed.redis.xrange(`${bed.prefix}:events`, '-', '+');
  return entries.map(([, fields]) => JSON.parse(fields[1] ?? '') as AppEvent);
}

it('looks before it stops at what it would have looked at a moment later', async () => {
  const id = await insertBatch(2);
  const progress = newProcess();
  await progress.start();
  await end(id, 0);
  await progress.look(id);
  await end(id, 1);
  progress.note(id);
  await progress.stop();
  expect(await read(id)).toMatchObject({ state: 'finished' });
});

it('tells a first change at once, what comes within a second together, and the end', async () => {
  const id = await insertBatch(4);
  const progress = newProcess();
  for (const index of [0, 1, 2]) {
    await end(id, index);
    progress.note(id);
    await progress.runOnce();
  }
  const first = { type: 'batch.updated', id, client: 'default', progress: 0.25 };
  expect(await readEvents()).toMatchObject([{ ...first, counts: { queued: 3, succeeded: 1 } }]);
  await passTime(id);
  await progress.runOnce();
  expect(await readEvents()).toMatchObject([first, { ...first, progress: 0.75 }]);
  await end(id, 3);
  progress.note(id);
  await passTime(id);
  await progress.runOnce();
  expect(await readEvents()).toMatchObject([first, { progress: 0.75 }, { progress: 1 }]);
  const batch = await read(id);
  expect(batch).toMatchObject({ state: 'finished', finishedAt: expect.any(Date) });
  expect(batch?.announce).toBeUndefined();
});

it('is told once in a second by all processes together, and by whichever is left at last', async () => {
  const id = await insertBatch(3);
  const processes = [newProcess(), newProcess(), newProcess()];
  await end(id, 0, 1);
  for (const progress of processes) progress.note(id);
  await Promise.all(processes.map((progress) => progress.runOnce()));
  expect(await readEvents()).toHaveLength(1);
  await end(id, 2);
  await passTime(id);
  await Promise.all(processes.map((progress) => progress.runOnce()));
  await passTime(id);
  await Promise.all(processes.map((progress) => progress.runOnce()));
  expect((await readEvents()).map((event) => 'progress' in event && event.progress)).toEqual([2 / 3, 1]);
});

it('looks at nothing where nothing was noted, and gives up on what is no batch', async () => {
  const progress = newProcess();
  progress.note(null);
  progress.note('bat_none');
  for (let round = 0; round < 20; round += 1) {
    await progress.runOnce();
    clock.advance(1_000);
  }
  expect(await readEvents()).toEqual([]);
});

it('leaves the announcement of an end standing that could not be told, for upkeep to relay', async () => {
  const id = await insertBatch(1);
  await end(id, 0);
  const told: string[] = [];
  const deaf = { tell: () => {}, emitBatch: () => void told.push(id) };
  await createBatchProgress({ ...bed, relay: deaf, clock }).look(id);
  expect((await read(id))?.announce).toBeDefined();
  const upkeep = newUpkeep();
  await upkeep();
  expect(await readEvents()).toEqual([]);
  await bed.store.batches.updateOne({ _id: id }, { 'announce.at': new Date(Date.now() - 6_000) });
  await upkeep();
  await upkeep();
  expect(await readEvents()).toMatchObject([{ type: 'batch.updated', id, progress: 1 }]);
  expect((await read(id))?.announce).toBeUndefined();
});

it('has upkeep not tell an end again that was told by a process which died before it could note so', async () => {
  const id = await insertBatch(1);
  await end(id, 0);
  await createBatchProgress({ ...bed, relay: { tell: () => {}, emitBatch: () => {} }, clock }).look(id);
  const batch = (await read(id))!;
  relay.emitBatch(batch);
  expect(await readEvents()).toHaveLength(1);
  const announce = { ...batch.announce!, at: new Date(Date.now() - 6_000) };
  await bed.store.batches.updateOne({ _id: id }, { announce });
  await newUpkeep()();
  expect(await readEvents()).toHaveLength(1);
  expect((await read(id))?.announce).toBeUndefined();
});

it('has upkeep notice an end that no process did', async () => {
  const id = await insertBatch(2, { seenAt: new Date(0) });
  await end(id, 0, 1);
  await newUpkeep()();
  expect(await read(id)).toMatchObject({ state: 'finished', counts: { succeeded: 2 } });
  expect(await readEvents()).toMatchObject([{ id, progress: 1 }]);
});

it('has upkeep release what was accepted by a process that died, and remove what broke off', async () => {
  const stage = async (state: BatchState, seenAt: Date) => {
    const batch = buildBatch({
      total: 2,
      state,
      uploadId: state === 'accepted' ? 'u' : null,
      uploads: ['u'],
      seenAt,
    });
    await bed.store.batches.create(batch);
    await bed.store.stagedJobs.create(
      [0, 1].map((index) => ({
        _id: toStagedId(batch._id, 'u', index),
        job: buildJob({ _id: toItemId(batch._id, index), batchId: batch._id, waiting: true }),
      })) as never,
    );
    return batch._id;
  };
  const ago = (ms: number) => new Date(clock.now() - ms);
  const accepted = await stage('accepted', ago(4_000));
  const young = await stage('accepted', ago(-60_000));
  const broken = await stage('receiving', ago(1_201_000));
  const live = await stage('receiving', ago(900_000));
  await newUpkeep()();
  const jobs = await bed.store.jobs.find().lean();
  expect(jobs.map(({ batchId }) => batchId)).toEqual([accepted, accepted]);
  expect(
    await Promise.all([accepted, young, broken, live].map(async (id) => (await read(id))?.state)),
  ).toEqual(['running', 'accepted', undefined, 'receiving']);
  expect(await bed.store.stagedJobs.countDocuments({})).toBe(4);
});

describe('an evaluation', () => {
  const facts = (total: number): EvaluationFacts => ({
    classifier: { id: 'clf_1', name: 'support', version: 1 },
    multiLabel: false,
    labels: ['billing', 'bug'],
    providers: [{ id: 'prv_1', name: 'main', type: 'openai', model: 'm' }],
    sampleCount: total,
    expected: Array.from({ length: total }, () => [0]),
    summary: null,
    isSummarised: false,
  });
  const insert = (total: number) =>
    insertBatch(total, { _id: createId('evl'), evaluation: facts(total), seenAt: new Date(0) });
  const answer = (id: string, index: number, label: string) =>
    bed.store.jobs.updateOne(
      { _id: toItemId(id, index) },
      {
        state: 'succeeded',
        finishedAt: new Date(),
        result: { label, labels: [{ name: label, confidence: 1 }], rationale: null },
      },
    );

  it('is told as it goes, announced to nobody, and written down by upkeep once it has ended', async () => {
    const id = await insert(2);
    await answer(id, 0, 'billing');
    await newUpkeep()();
    expect(await read(id)).toMatchObject({ state: 'running', evaluation: { isSummarised: false } });
    await answer(id, 1, 'bug');
    await passTime(id);
    await newUpkeep()();
    await newUpkeep()();
    const batch = await read(id);
    expect(batch).toMatchObject({
      state: 'finished',
      evaluation: { isSummarised: true, summary: { known: 2, scores: [{ correct: 1, accuracy: 0.5 }] } },
    });
    expect(batch?.evaluation?.summary?.finishedAt).toEqual(batch?.finishedAt);
    expect(batch?.announce).toBeUndefined();
    expect(await readEvents()).toMatchObject([
      { type: 'batch.updated', id, progress: 0.5 },
      { type: 'batch.updated', id, progress: 1 },
    ]);
  });

  it('leaves no announcement of its end', async () => {
    const id = await insert(1);
    await answer(id, 0, 'billing');
    const told: string[] = [];
    const deaf = { tell: () => {}, emitBatch: () => void told.push(id) };
    await createBatchProgress({ ...bed, relay: deaf, clock }).look(id);
    expect(told).toEqual([id]);
    expect(await read(id)).toMatchObject({ state: 'finished' });
    expect((await read(id))?.announce).toBeUndefined();
  });

  it('is written down anew where whoever retried it died before it was noted', async () => {
    const id = await insert(2);
    await answer(id, 0, 'billing');
    await end(id, 1);
    await newUpkeep()();
    await newUpkeep()();
    expect(await read(id)).toMatchObject({ state: 'finished', evaluation: { isSummarised: true } });
    const finishedAt = new Date(Date.now() + 1_000);
    await bed.store.jobs.updateOne({ _id: toItemId(id, 1) }, { state: 'cancelled', finishedAt });
    await passTime(id);
    await newProcess().look(id);
    await newUpkeep()();
    expect((await read(id))?.evaluation?.summary?.finishedAt).toEqual(finishedAt);
  });

  it('is written down anew after a retry, but for what is gone since', async () => {
    const id = await insert(2);
    await answer(id, 0, 'billing');
    await end(id, 1);
    await bed.store.jobs.updateOne({ _id: toItemId(id, 1) }, { state: 'failed' });
    await newUpkeep()();
    await newUpkeep()();
    expect(await retryJobs(bed.store, [toItemId(id, 1)], { evenUntold: true })).toBe(1);
    expect(await read(id)).toMatchObject({ state: 'running', evaluation: { isSummarised: false } });
    // Less is left than there was.
    await bed.store.jobs.updateOne({ _id: toItemId(id, 0) }, { result: null, erasedAt: new Date() });
    await bed.store.jobs.updateOne({ _id: toItemId(id, 1) }, { state: 'cancelled', finishedAt: new Date() });
    await passTime(id);
    await newUpkeep()();
    await newUpkeep()();
    const batch = await read(id);
    expect(batch?.evaluation?.summary).toMatchObject({ known: 2, scores: [{ done: 2, correct: 1 }] });
    expect(batch?.evaluation?.summary?.finishedAt).toEqual(batch?.finishedAt);
  });
});

it('costs upkeep the same however many batches are finished', async () => {
  const finished = Array.from({ length: 500 }, () => buildBatch({ state: 'finished', seenAt: new Date(0) }));
  await bed.store.batches.insertMany(finished);
  await insertBatch(3, { _id: createId('bat'), seenAt: new Date(0) });
  const { db } = bed.store.connection;
  await db!.setProfilingLevel('all');
  await newUpkeep()();
  await db!.setProfilingLevel('off');
  const profiled = await db!
    .collection('system.profile')
    .find({ ns: /\.(jobs|batches|staged_jobs)$/ })
    .toArray();
  expect(profiled.length).toBeGreaterThan(4);
  const costly = profiled.filter(
    ({ planSummary, docsExamined = 0 }) => String(planSummary).includes('COLLSCAN') || docsExamined > 5,
  );
  expect(costly.map(({ command, planSummary }) => ({ command, planSummary }))).toEqual([]);
});

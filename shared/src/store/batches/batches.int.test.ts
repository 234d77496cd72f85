import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createId } from '../../ids.ts';
import { buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { toNative } from '../define-model.ts';
import { acceptBatch } from './accept-batch.ts';
import { cancelBatchJobs } from './batch-jobs.ts';
import { countStages, COUNT_OPTIONS } from './count-batch.ts';
import { toItemId, toItemIndex } from './item-id.ts';
import { lookAtBatch } from './look-at-batch.ts';
import type { BatchDocument } from './model.ts';
import { readBatch } from './read-batch.ts';
import { beginUpload, endUpload, stageJobs } from './receive-batch.ts';
import { releaseBatch } from './release-batch.ts';
import { reopenBatches } from './reopen-batch.ts';
import { findUnattended, removeBroken, removeLeftovers } from './unfinished-batches.ts';
import { withdrawBatches } from './withdraw-batch.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());
beforeEach(async () => {
  const { jobs, batches, stagedJobs } = bed.store;
  await Promise.all([jobs.deleteMany({}), batches.deleteMany({}), stagedJobs.deleteMany({})]);
});

const newSending = (batchId = createId('bat')) => ({ batchId, uploadId: randomUUID() });
type Sending = ReturnType<typeof newSending>;

/** Begins an upload and stages jobs, as a submit does until it is through. */
async function stage(count: number, sending = newSending()): Promise<Sending> {
  expect(await beginUpload(bed.store, { ...sending, client: 'default' })).toBeNull();
  const { batchId } = sending;
  const jobs = Array.from({ length: count }, (_, index) =>
    buildJob({ _id: toItemId(batchId, index), batchId, waiting: true, text: sending.uploadId }),
  );
  await stageJobs(bed.store, sending, jobs);
  return sending;
}
const accept = (sending: Sending, total: number) =>
  acceptBatch(bed.store, sending, {
    bodyHmac: null,
    keyVersion: null,
    createdAt: new Date(),
    total,
    rejected: [],
  });
/** A batch whose jobs are jobs like any other. */
async function run(count: number): Promise<string> {
  const sending = await stage(count);
  await releaseBatch(bed.store, (await accept(sending, count))!);
  return sending.batchId;
}
const read = (id: string) => bed.store.batches.findById(id).lean<BatchDocument>();
const countStaged = () => bed.store.stagedJobs.countDocuments({});
const countJobs = () => bed.store.jobs.countDocuments({});
const finish = (batchId: string, filter: object = {}, finishedAt = new Date()) =>
  bed.store.jobs.updateMany({ batchId, ...filter }, { state: 'succeeded', finishedAt });
/** As if the last look were over a second ago. */
const passTime = (batchId: string, seenAt = new Date(0)) =>
  bed.store.batches.updateOne({ _id: batchId }, { seenAt });

describe('a batch that is received', () => {
  it('is seen by nobody until it is accepted, and has all its jobs when it is released', async () => {
    const sending = await stage(700);
    expect(await readBatch(bed.store, sending.batchId, null)).toBeNull();
    expect(await countJobs()).toBe(0);
    const createdAt = new Date();
    const batch = await accept(sending, 700);
    expect(await readBatch(bed.store, sending.batchId, 'default')).toMatchObject({ total: 700 });
    expect(await readBatch(bed.store, sending.batchId, 'other')).toBeNull();
    await releaseBatch(bed.store, batch!);
    const jobs = await bed.store.jobs.find({ batchId: sending.batchId }).sort({ _id: 1 }).lean();
    expect(jobs.map(({ _id }) => toItemIndex(_id))).toEqual(Array.from({ length: 700 }, (_, index) => index));
    for (const job of jobs) {
      expect(job.createdAt).toEqual(batch!.createdAt);
      expect(Number(job.deadlineAt) - Number(job.createdAt)).toBe(job.deadlineMs);
    }
    expect(Number(batch!.createdAt)).toBeGreaterThanOrEqual(Number(createdAt));
    expect(await countStaged()).toBe(0);
  });

  it('is the one of several twins that is through first; the others leave nothing', async () => {
    const first = await stage(10);
    const second = await stage(10, newSending(first.batchId));
    expect(await accept(second, 10)).toMatchObject({ uploadId: second.uploadId });
    expect(await accept(first, 10)).toMatchObject({ uploadId: second.uploadId });
    await endUpload(bed.store, first);
    await releaseBatch(bed.store, (await read(first.batchId)) as BatchDocument);
    const jobs = await bed.store.jobs.find().lean();
    expect(jobs.map(({ text }) => text)).toEqual(jobs.map(() => second.uploadId));
    expect([jobs.length, await countStaged()]).toEqual([10, 0]);
    const third = { ...newSending(first.batchId), client: 'default' };
    expect(await beginUpload(bed.store, third)).toMatchObject({ _id: first.batchId, state: 'running' });
  });

  it('cannot be accepted any more once its upload was taken back, though its twin can', async () => {
    const refused = await stage(5);
    const twin = await stage(5, newSending(refused.batchId));
    await endUpload(bed.store, refused);
    expect(await accept(refused, 5)).toBeNull();
    expect(await countStaged()).toBe(5);
    expect(await accept(twin, 5)).toMatchObject({ uploadId: twin.uploadId });
  });

  it('stays whole where its sender gives up without knowing that it was accepted', async () => {
    const sending = await stage(5);
    const batch = await accept(sending, 5);
    await endUpload(bed.store, sending);
    await releaseBatch(bed.store, batch!);
    expect(await countJobs()).toBe(5);
  });

  it.each([
    ['taken for broken off', (batchId: string) => removeBroken(bed.store, batchId, new Date())],
    ['left over', () => removeLeftovers(bed.store, null, 10)],
  ])('keeps what is sent again while what was %s is removed', async (what, clearUp) => {
    const old = await stage(3);
    await passTime(old.batchId, new Date(Date.now() - 600_000));
    if (what === 'left over') await bed.store.batches.deleteOne({ _id: old.batchId });
    const again = newSending(old.batchId);
    // The one who clears up stands still once it has looked, and goes on when all is accepted.
    vi.spyOn(bed.store.stagedJobs, 'deleteMany').mockImplementationOnce(((...args: []) => {
      vi.restoreAllMocks();
      return stage(5, again)
        .then(() => accept(again, 5))
        .then(() => bed.store.stagedJobs.deleteMany(...args));
    }) as never);
    await clearUp(old.batchId);
    const batch = await read(old.batchId);
    expect(batch).toMatchObject({ state: 'accepted', total: 5 });
    await releaseBatch(bed.store, batch!);
    expect(await countJobs()).toBe(5);
  });

  it('is removed when nobody sent anything of it for long, and is refused then', async () => {
    const [broken, fresh] = [await stage(3), await stage(2)];
    const before = new Date(Date.now() - 600_000);
    await passTime(broken.batchId, new Date(Number(before) - 1));
    const found = await findUnattended(bed.store, 'receiving', before, 10);
    expect(found.map(({ _id }) => _id)).toEqual([broken.batchId]);
    for (const { batchId } of [broken, fresh]) await removeBroken(bed.store, batchId, before);
    expect(await accept(broken, 3)).toBeNull();
    expect(await countStaged()).toBe(2);
    expect(await accept(fresh, 2)).toMatchObject({ state: 'accepted' });
  });
});

describe('a batch that is accepted', () => {
  it('is released whole by whoever goes on where another died, also by two at once', async () => {
    const sending = await stage(600);
    const batch = (await accept(sending, 600))!;
    // As it is left by a process that dies in the middle: some are jobs, one of them even has its answer.
    const some = await bed.store.stagedJobs.find().limit(300).lean();
    await bed.store.jobs.insertMany(some.map(({ job }) => job));
    await bed.store.jobs.updateOne(
      { _id: toItemId(batch._id, 0) },
      { state: 'succeeded', finishedAt: new Date() },
    );
    await Promise.all([releaseBatch(bed.store, batch), releaseBatch(bed.store, batch)]);
    expect(await countJobs()).toBe(600);
    expect(await bed.store.jobs.findById(toItemId(batch._id, 0)).lean()).toMatchObject({
      state: 'succeeded',
    });
    expect(await read(batch._id)).toMatchObject({ state: 'running' });
    expect(await countStaged()).toBe(0);
  });

  it('keeps what is staged of it until it is released, whoever clears up', async () => {
    const [accepted, receiving, over] = [await stage(3), await stage(2), await stage(4)];
    await accept(accepted, 3);
    await bed.store.batches.deleteOne({ _id: over.batchId });
    const done = await run(1);
    await stageJobs(bed.store, newSending(done), [buildJob({ _id: toItemId(done, 0) })]);
    expect(await removeLeftovers(bed.store, null, 2)).not.toBeNull();
    expect(await removeLeftovers(bed.store, null, 10)).toBeNull();
    const left = (await bed.store.stagedJobs.find({}, { _id: 1 }).lean()).map(({ _id }) => _id.split('.')[0]);
    expect(new Set(left)).toEqual(new Set([accepted.batchId, receiving.batchId]));
    expect(left).toHaveLength(5);
  });

  it('is cancelled where its submitter was told that it was not', async () => {
    const [accepted, receiving] = [await stage(3), await stage(2)];
    await accept(accepted, 3);
    await withdrawBatches(bed.store, [accepted.batchId, receiving.batchId, 'bat_none'], {
      erasesText: false,
    });
    expect(await read(receiving.batchId)).toBeNull();
    const jobs = await bed.store.jobs.find().lean();
    expect(jobs.map(({ state }) => state)).toEqual(['cancelled', 'cancelled', 'cancelled']);
  });
});

/** Has something happen between the next count of a batch and what is written of it; gives what was counted then. */
function afterNextCount(happen: (rows: object[]) => Promise<object[]>) {
  const jobs = toNative(bed.store.jobs);
  const original = jobs.aggregate.bind(jobs);
  vi.spyOn(jobs, 'aggregate').mockImplementationOnce((...args) => {
    const cursor = original(...args);
    const counted = cursor.toArray.bind(cursor);
    cursor.toArray = async () => happen(await counted());
    return cursor;
  });
}

describe('a look at a batch', () => {
  it('counts from the index alone', async () => {
    const batchId = await run(500);
    await finish(batchId, { _id: { $lt: toItemId(batchId, 200) } });
    const explained = await toNative(bed.store.jobs)
      .aggregate(countStages(batchId), COUNT_OPTIONS)
      .explain('executionStats');
    const text = JSON.stringify(explained);
    const { executionStats } =
      (explained['stages'] as { $cursor: { executionStats: Record<string, number> } }[])?.[0]?.$cursor ??
      (explained as { executionStats: Record<string, number> });
    expect(executionStats).toMatchObject({ totalDocsExamined: 0, totalKeysExamined: 500 });
    expect(text).not.toContain('"FETCH"');
  });

  it('finds a change, an end once, and nothing in between', async () => {
    const batchId = await run(3);
    await finish(batchId, { _id: toItemId(batchId, 0) }, new Date(1_000));
    expect(await lookAtBatch(bed.store, batchId)).toMatchObject({
      kind: 'changed',
      batch: { counts: { queued: 2, succeeded: 1 }, finishedAt: null },
    });
    expect(await lookAtBatch(bed.store, batchId)).toEqual({ kind: 'too_soon' });
    await passTime(batchId);
    expect(await lookAtBatch(bed.store, batchId)).toEqual({ kind: 'unchanged' });
    await finish(batchId, { state: 'queued' }, new Date(2_000));
    await passTime(batchId);
    const looks = await Promise.all(Array.from({ length: 5 }, () => lookAtBatch(bed.store, batchId)));
    const found = looks.filter(({ kind }) => kind !== 'too_soon');
    expect(found).toMatchObject([
      {
        kind: 'finished',
        batch: { finishedAt: new Date(2_000), announce: { eventId: expect.stringMatching(/^evt_/) } },
      },
    ]);
    await passTime(batchId);
    expect(await lookAtBatch(bed.store, batchId)).toEqual({ kind: 'unchanged' });
    expect(await read(batchId)).toMatchObject({ state: 'finished', counts: { succeeded: 3 } });
  });

  it('undoes no later one, however slow it was', async () => {
    const batchId = await run(2);
    afterNextCount(async (rows) => {
      // Everything ends, and another looks.
      await finish(batchId, {}, new Date(1_000));
      await passTime(batchId);
      expect(await lookAtBatch(bed.store, batchId)).toMatchObject({ kind: 'finished' });
      return rows.map((row) => ({ ...row, count: 1 }));
    });
    expect(await lookAtBatch(bed.store, batchId)).toEqual({ kind: 'too_soon' });
    expect(await read(batchId)).toMatchObject({ state: 'finished', counts: { succeeded: 2 } });
  });

  it('takes for no end what it counted before a job was retried', async () => {
    const batchId = await run(1);
    await finish(batchId, {}, new Date(1_000));
    afterNextCount(async (rows) => {
      await reopenBatches(bed.store, [batchId]);
      return rows;
    });
    expect(await lookAtBatch(bed.store, batchId)).toEqual({ kind: 'too_soon' });
    expect(await read(batchId)).toMatchObject({ state: 'running', finishedAt: null });
  });

  it('announces the new end of a batch of which a job was retried', async () => {
    const batchId = await run(2);
    await finish(batchId, {}, new Date(1_000));
    const first = await lookAtBatch(bed.store, batchId);
    await bed.store.jobs.updateOne({ _id: toItemId(batchId, 0) }, { state: 'queued', finishedAt: null });
    await reopenBatches(bed.store, [batchId]);
    expect(await read(batchId)).toMatchObject({ state: 'running', finishedAt: null });
    await finish(batchId, { state: 'queued' }, new Date(2_000));
    await passTime(batchId);
    const second = await lookAtBatch(bed.store, batchId);
    expect([first, second]).toMatchObject([
      { kind: 'finished', batch: { finishedAt: new Date(1_000) } },
      { kind: 'finished', batch: { finishedAt: new Date(2_000) } },
    ]);
  });

  it('forgets the end of a batch that a retry made void, whoever notices that first', async () => {
    for (const notice of [reopenBatches, (_: unknown, [id]: string[]) => lookAtBatch(bed.store, id!)]) {
      const batchId = await run(1);
      await finish(batchId);
      await lookAtBatch(bed.store, batchId);
      expect((await read(batchId))?.announce).toBeDefined();
      await bed.store.jobs.updateOne({ batchId }, { state: 'queued', finishedAt: null });
      await passTime(batchId);
      await notice(bed.store, [batchId]);
      const batch = await read(batchId);
      expect(batch).toMatchObject({ state: 'running', finishedAt: null });
      expect(batch?.announce).toBeUndefined();
    }
  });

  it('takes jobs that are gone with their retention for what they were', async () => {
    const batchId = await run(4);
    await finish(batchId, { _id: { $lt: toItemId(batchId, 2) } });
    await lookAtBatch(bed.store, batchId);
    await bed.store.jobs.deleteMany({ batchId, state: 'succeeded' });
    await finish(batchId);
    await passTime(batchId);
    expect(await lookAtBatch(bed.store, batchId)).toMatchObject({
      kind: 'finished',
      batch: { counts: { queued: 0, succeeded: 4 } },
    });
  });
});

it('cancels in bounded steps what is not final, each with an announcement', async () => {
  const batchId = await run(5);
  await finish(batchId, { _id: toItemId(batchId, 1) });
  const step = { limit: 3, erasesText: false };
  expect((await cancelBatchJobs(bed.store, batchId, step)).jobIds).toHaveLength(3);
  expect((await cancelBatchJobs(bed.store, batchId, step)).jobIds).toHaveLength(1);
  expect((await cancelBatchJobs(bed.store, batchId, step)).jobIds).toHaveLength(0);
  const jobs = await bed.store.jobs.find({ batchId }).sort({ _id: 1 }).lean();
  expect(jobs.map(({ state }) => state)).toEqual([
    'cancelled',
    'succeeded',
    'cancelled',
    'cancelled',
    'cancelled',
  ]);
  const cancelled = jobs.filter(({ state }) => state === 'cancelled');
  expect(new Set(cancelled.map(({ announce }) => announce?.eventId)).size).toBe(4);
});

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createId } from '../../ids.ts';
import { buildAttempt, buildAttemptEnd, buildBatch, buildJob } from '../../testing/builders.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { toItemId } from '../batches/item-id.ts';
import { toNative } from '../define-model.ts';
import { inTransaction } from '../transaction.ts';
import { findRepriced, writeRepriced } from '../usage/reprice-attempts.ts';
import { summariseEvaluations } from './summarise-evaluations.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

const USAGE = { inputTokens: 100, outputTokens: 10, costNanoUsd: 1_000, pricing: 'priced' as const };

/** A finished evaluation of two samples at a provider of its own, each answered at 1,000 nano-dollars, and summarised. */
async function setup() {
  const provider = { id: createId('prv'), name: 'main', type: 'openai' as const, model: 'm' };
  const finishedAt = new Date();
  const batchId = createId('evl');
  const evaluation = {
    classifier: { id: 'clf_1', name: 'support', version: 1 },
    multiLabel: false,
    labels: ['billing'],
    providers: [provider],
    sampleCount: 2,
    expected: [[0], [0]],
    summary: null,
    isSummarised: false,
  };
  await bed.store.batches.create(
    buildBatch({ _id: batchId, state: 'finished', total: 2, finishedAt, evaluation }),
  );
  const result = { label: 'billing', labels: [{ name: 'billing', confidence: 1 }], rationale: null };
  const jobIds = [toItemId(batchId, 0), toItemId(batchId, 1)];
  const ended = { batchId, state: 'succeeded' as const, finishedAt, result, usage: USAGE };
  await bed.store.jobs.create(jobIds.map((_id) => buildJob({ _id, ...ended })));
  const settled = { ...buildAttemptEnd(), settledAt: new Date() };
  await bed.store.attempts.insertMany(
    jobIds.map((jobId) => ({ ...buildAttempt({ jobId, provider }), ...settled })),
  );
  expect(await summariseEvaluations(bed.store, 10)).toBe(1);
  const from = new Date(settled.settledAt.getTime() - 1_000);
  const to = new Date(settled.settledAt.getTime() + 1_000);
  const range = { providerId: provider.id, model: provider.model, from, to, after: null };
  const reprice = (outputUsdPerMillion: number) =>
    inTransaction(bed.store, async (session) => {
      const price = { inputUsdPerMillion: 1, outputUsdPerMillion };
      const { attempts } = await findRepriced(bed.store, range, price, session);
      await writeRepriced(bed.store, attempts, new Date(), session);
    });
  const read = async () => (await bed.store.batches.findById(batchId).lean())?.evaluation;
  return { jobIds, reprice, read };
}

it('writes down anew what a finished evaluation cost, once its attempts have another price', async () => {
  const { reprice, read } = await setup();
  expect((await read())?.summary).toMatchObject({ scores: [{ correct: 2, costNanoUsd: 2_000 }] });
  await reprice(5);
  expect(await summariseEvaluations(bed.store, 10)).toBe(1);
  expect(await read()).toMatchObject({
    isSummarised: true,
    summary: { known: 2, scores: [{ correct: 2, accuracy: 1, costNanoUsd: 300_000 }] },
  });
  await reprice(5);
  expect(await summariseEvaluations(bed.store, 10)).toBe(0);
});

it.each([
  ['erased', (_id: string) => bed.store.jobs.updateOne({ _id }, { result: null, erasedAt: new Date() })],
  ['gone', (_id: string) => bed.store.jobs.deleteOne({ _id })],
])('keeps what it found where a job of it is %s since', async (_, lose) => {
  const { jobIds, reprice, read } = await setup();
  const before = (await read())?.summary;
  await lose(jobIds[0]!);
  await reprice(5);
  expect(await summariseEvaluations(bed.store, 10)).toBe(1);
  expect((await read())?.summary).toEqual(before);
});

it('writes nothing over prices that changed while it summed up', async () => {
  const { reprice, read } = await setup();
  await reprice(5);
  const batches = toNative(bed.store.batches);
  const updateOne = batches.updateOne.bind(batches);
  const late = vi.spyOn(batches, 'updateOne').mockImplementationOnce(async (...args) => {
    await reprice(15);
    return updateOne(...args);
  });
  await summariseEvaluations(bed.store, 10);
  late.mockRestore();
  expect((await read())?.isSummarised).toBe(false);
  await summariseEvaluations(bed.store, 10);
  expect((await read())?.summary).toMatchObject({ scores: [{ costNanoUsd: 500_000 }] });
});

import { randomUUID } from 'node:crypto';
import { createId, isOfKind } from '../../ids.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { countBatch } from './count-batch.ts';
import type { BatchDocument } from './model.ts';

/** In the whole fleet a batch is looked at once in this time. */
export const LOOK_EVERY_MS = 1_000;

export type SeenBatch = Pick<
  BatchDocument,
  '_id' | 'client' | 'createdAt' | 'total' | 'counts' | 'finishedAt' | 'announce'
>;

export type Look =
  /** Another looked less than a second ago, or it is not released yet: look again later. */
  | { kind: 'too_soon' }
  | { kind: 'unchanged' }
  | { kind: 'changed'; batch: SeenBatch }
  /** Its last job ended, and this look is the one that noticed: it is announced. */
  | { kind: 'finished'; batch: SeenBatch };

/**
 * Counts a batch and notes what it finds. The look's token fences its writes, so that a slow look undoes no later one;
 * an end is noted once, and again only where a job was retried and ended later. With `evenSoon` it minds no other look.
 */
export async function lookAtBatch(
  store: Store,
  batchId: string,
  { evenSoon = false }: { evenSoon?: boolean } = {},
): Promise<Look> {
  const batches = toNative(store.batches);
  const lookToken = randomUUID();
  const longAgo = {
    $expr: { $lt: ['$seenAt', { $subtract: ['$$NOW', LOOK_EVERY_MS] }] },
  };
  const batch = await batches.findOneAndUpdate(
    {
      _id: batchId,
      state: { $in: ['running', 'finished'] },
      ...(evenSoon ? {} : { $or: [{ lookToken: null }, longAgo] }),
    },
    { $set: { lookToken }, $currentDate: { seenAt: true } },
    { projection: { client: 1, createdAt: 1, state: 1, total: 1, counts: 1, finishedAt: 1 } },
  );
  if (!batch) return { kind: 'too_soon' };
  const { counts, finishedAt } = await countBatch(store, batch);
  const mine = { _id: batchId, lookToken };
  const isNewEnd = finishedAt !== null && Number(finishedAt) !== Number(batch.finishedAt);
  if (isNewEnd) {
    // Endpoints are not told of evaluations: their end is written down, anew where a retry was not noted.
    const isEvaluation = isOfKind('evl', batchId);
    const announce = isEvaluation
      ? {}
      : { announce: { eventId: createId('evt'), at: new Date(store.clock.now()) } };
    const unsummed = isEvaluation ? { 'evaluation.isSummarised': false } : {};
    const { matchedCount } = await batches.updateOne(mine, {
      $set: { state: 'finished', counts, finishedAt, ...announce, ...unsummed },
    });
    if (matchedCount === 1) return { kind: 'finished', batch: { ...batch, counts, finishedAt, ...announce } };
    return { kind: 'too_soon' };
  }
  const isSame =
    JSON.stringify(counts) === JSON.stringify(batch.counts) &&
    (finishedAt !== null) === (batch.finishedAt !== null);
  if (isSame) return { kind: 'unchanged' };
  const { matchedCount } = await batches.updateOne(mine, {
    $set: { state: finishedAt ? 'finished' : 'running', counts, finishedAt },
    // An end that a retry made void, between the retry and its note of the batch.
    ...(finishedAt ? {} : { $unset: { announce: 1 } }),
  });
  return matchedCount === 1
    ? { kind: 'changed', batch: { ...batch, counts, finishedAt } }
    : { kind: 'too_soon' };
}

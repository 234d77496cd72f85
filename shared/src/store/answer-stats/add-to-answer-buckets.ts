import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { KEPT_MS, toExpiry, toStart, type BucketWidth } from '../roll-up/buckets.ts';
import type { ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import { addCounts, createAnswerCounts, fromStored, toStored, type AnswerCounts } from './answer-counts.ts';
import { ANSWER_WIDTHS, toBucketId } from './model.ts';

/** So many labels are told apart in one bucket: more than a classifier has, and few enough to read many buckets. */
const MAX_LABELS = 500;

/** What is to be added to the buckets that this time is in. */
export interface Addition {
  at: Date;
  providerId: string;
  counts: AnswerCounts;
}

interface Place {
  _id: string;
  key: { width: BucketWidth; at: Date; providerId: string };
}

/**
 * Adds to the buckets of every width that keeps the time; part of the transaction that says that it is in. Only answers
 * make a bucket: a correction of one that is not kept any more counts nowhere.
 */
export async function addToAnswerBuckets(
  store: Store,
  { additions, now }: { additions: readonly Addition[]; now: number },
  session: ClientSession,
): Promise<void> {
  const places = new Map(
    additions.flatMap((addition) => toPlaces(addition, now)).map((place) => [place._id, place]),
  );
  if (places.size === 0) return;
  const stored = await toNative(store.answerBuckets)
    .find({ _id: { $in: [...places.keys()] } }, { session })
    .toArray();
  const sums = new Map(stored.map((bucket) => [bucket._id, fromStored(bucket)]));
  for (const addition of additions) {
    for (const { _id } of toPlaces(addition, now)) {
      const sum = sums.get(_id) ?? (addition.counts.answers > 0 ? createAnswerCounts() : null);
      if (sum) sums.set(_id, addCounts(sum, addition.counts));
    }
  }
  const updates = Array.from(sums, ([_id, sum]) => {
    const { key } = places.get(_id) as Place;
    const $set = { ...key, ...toStored(sum, MAX_LABELS), expiresAt: toExpiry(key.width, key.at) };
    return { filter: { _id }, update: { $set }, upsert: true };
  });
  await updateEach(store.answerBuckets, updates, { session });
}

function toPlaces({ at, providerId }: Addition, now: number): Place[] {
  return ANSWER_WIDTHS.filter((width) => at.getTime() > now - KEPT_MS[width]).map((width) => ({
    _id: toBucketId(width, at, providerId),
    key: { width, at: toStart(width, at), providerId },
  }));
}

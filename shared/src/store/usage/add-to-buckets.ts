import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { ClientSession } from '../transaction.ts';
import type { BucketIncrement } from './bucket.ts';

/** Adds to usage buckets, and makes those that are not there. */
export async function addToBuckets(
  store: Store,
  increments: readonly BucketIncrement[],
  session: ClientSession,
): Promise<void> {
  if (increments.length === 0) return;
  await toNative(store.usageBuckets).bulkWrite(increments.map(toUpsert) as never, { session, ordered: true });
}

function toUpsert({ _id, key, increments }: BucketIncrement) {
  const update = { $inc: increments, $setOnInsert: { ...key, ...toEmptyMaps(increments) } };
  return { updateOne: { filter: { _id }, update, upsert: true } };
}

const MAPS = ['faults', 'pricing', 'latency'] as const;

/** Empty maps for those that no increment makes: a bucket has all of them from its first attempt on. */
function toEmptyMaps(increments: Record<string, number>) {
  const paths = Object.keys(increments);
  const absent = MAPS.filter((map) => !paths.some((path) => path.startsWith(`${map}.`)));
  return Object.fromEntries(absent.map((map) => [map, {}]));
}

import { addByKey } from '../add-by-key.ts';
import type { Store } from '../connect.ts';
import { toStart } from '../roll-up/buckets.ts';
import type { ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import type { BucketIncrement } from './bucket.ts';

const MAPS = ['faults', 'pricing', 'latency'] as const;

/**
 * Adds to the hourly buckets, and to the days of real traffic that long windows are read by: whatever changes a bucket
 * goes through here, so that the two are always the same sum. Part of the caller's transaction.
 */
export async function addIncrements(
  store: Store,
  increments: readonly BucketIncrement[],
  session: ClientSession,
): Promise<void> {
  await updateEach(store.usageBuckets, increments.map(toUpdate), { session });
  await updateEach(store.usageDays, toDays(increments).map(toUpdate), { session });
}

type Increment = Pick<BucketIncrement, '_id' | 'increments'> & { key: object };

function toDays(hours: readonly BucketIncrement[]): Increment[] {
  const days = new Map<string, Increment>();
  for (const { key, increments } of hours) {
    if (key.purpose !== 'job') continue;
    const { providerId, shard } = key;
    const at = toStart('day', key.at);
    const _id = [at.toISOString(), providerId, shard].join('\n');
    const day = days.get(_id) ?? { _id, key: { at, providerId, shard }, increments: {} };
    days.set(_id, day);
    addByKey(day.increments, increments);
  }
  return [...days.values()];
}

function toUpdate({ _id, key, increments }: Increment) {
  const update = { $inc: increments, $setOnInsert: { ...key, ...toEmptyMaps(increments) } };
  return { filter: { _id }, update, upsert: true };
}

/** Empty maps for those that no increment makes: a bucket has all of them from its first attempt on. */
function toEmptyMaps(increments: Record<string, number>) {
  const paths = Object.keys(increments);
  const absent = MAPS.filter((map) => !paths.some((path) => path.startsWith(`${map}.`)));
  return Object.fromEntries(absent.map((map) => [map, {}]));
}

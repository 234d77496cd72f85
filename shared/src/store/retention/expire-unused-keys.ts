import { mongo } from 'mongoose';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

/**
 * Looks at some idempotency keys, in order of their ids behind `after`, and removes those older than `before` whose job or
 * batch never came or is gone: whoever reserved them died, or was not confirmed, and nobody has asked again. @returns the last id that was
 * looked at, null at the end.
 */
export async function expireUnusedKeys(
  store: Store,
  { after, before, limit }: { after: string | null; before: Date; limit: number },
): Promise<string | null> {
  const keys = toNative(store.idempotencyKeys);
  const looked = await keys
    .find({ _id: { $gt: after ?? (new mongo.MinKey() as never) } }, { sort: { _id: 1 }, limit })
    .toArray();
  const old = looked.filter(({ createdAt }) => createdAt < before);
  const ids = old.map(({ jobId }) => jobId);
  const found = await Promise.all([
    store.jobs.find({ _id: { $in: ids } }, { _id: 1 }).lean(),
    store.batches.find({ _id: { $in: ids }, state: { $ne: 'archived' } }, { _id: 1 }).lean(),
  ]);
  const used = new Set(found.flat().map(({ _id }) => _id));
  const unused = old.flatMap(({ _id, jobId }) => (used.has(jobId) ? [] : [_id]));
  // Not one that was renewed meanwhile: its job is being made.
  if (unused.length > 0) await keys.deleteMany({ _id: { $in: unused }, createdAt: { $lt: before } });
  return looked.length < limit ? null : (looked.at(-1)?._id ?? null);
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { IdempotencyKeyDocument } from './model.ts';

/**
 * Makes a key that was reserved before as young as one reserved `now`, before its job or batch is made: retention
 * may be about to remove it as unused. @returns whether it was still there; else it has to be reserved anew.
 */
export async function renewKey(
  store: Store,
  { _id, jobId }: Pick<IdempotencyKeyDocument, '_id' | 'jobId'>,
  now: Date,
): Promise<boolean> {
  const keys = toNative(store.idempotencyKeys);
  const { matchedCount } = await keys.updateOne({ _id, jobId }, { $set: { createdAt: now } });
  return matchedCount === 1;
}

import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { refreshForeignUsage } from '../jobs/refresh-foreign-usage.ts';
import { inTransaction } from '../transaction.ts';
import { addIncrements } from './add-increments.ts';
import { toIncrements, type SettledAttempt } from './bucket.ts';

/** At most this many attempts are counted in one transaction. */
export const MAX_COUNTED_ATTEMPTS = 1_000;

/**
 * Counts settled attempts into this shard's hourly buckets and marks them `counted`, in one transaction: whatever is
 * killed when, each is counted once or stays to be counted. Those counted already, or still pending, are left alone.
 * @returns how many were counted. @throws where the transaction did not land; nothing was counted then.
 */
export async function countAttempts(
  store: Store,
  attemptIds: readonly string[],
  shard: number,
): Promise<number> {
  if (attemptIds.length > MAX_COUNTED_ATTEMPTS)
    throw new RangeError(`at most ${MAX_COUNTED_ATTEMPTS} attempts at once`);
  if (attemptIds.length === 0) return 0;
  // Before they are marked: whoever dies in between leaves both to be done again.
  await refreshForeignUsage(store, attemptIds);
  const attempts = toNative(store.attempts);
  return inTransaction(store, async (session) => {
    const uncounted = { _id: { $in: [...attemptIds] }, counted: false, outcome: { $ne: 'pending' as const } };
    const found = (await attempts.find(uncounted, { session }).toArray()) as unknown as SettledAttempt[];
    if (found.length === 0) return 0;
    const ids = { _id: { $in: found.map(({ _id }) => _id) } };
    // Both read one snapshot; another counter of the same attempts makes one of the two begin again.
    await attempts.updateMany(ids, { $set: { counted: true } }, { session });
    await addIncrements(store, toIncrements(found, shard), session);
    return found.length;
  });
}

import type { Store } from '../connect.ts';

/** Ids of attempts that were settled before `before` and that usage does not have, longest ago first. */
export async function findUncounted(store: Store, before: Date, limit: number): Promise<string[]> {
  const found = await store.attempts
    .find({ counted: false, settledAt: { $lt: before } }, { _id: 1 })
    .sort({ settledAt: 1 })
    .limit(limit)
    .lean();
  return found.map(({ _id }) => _id);
}

import type { Store } from '../connect.ts';

/** Notes when tokens were last used, in one write; a later time that is noted already stays. */
export async function noteTokenUses(store: Store, lastUses: ReadonlyMap<string, Date>): Promise<void> {
  if (lastUses.size === 0) return;
  await store.tokens.bulkWrite(
    [...lastUses].map(([_id, lastUsedAt]) => ({
      updateOne: { filter: { _id }, update: { $max: { lastUsedAt } } },
    })),
    { ordered: false, writeConcern: { w: 1 } },
  );
}

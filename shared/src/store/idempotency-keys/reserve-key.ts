import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { CONFIRMED } from '../confirmed.ts';
import { insertEach } from '../insert-each.ts';
import { isStoreAway } from '../store-away.ts';
import type { IdempotencyKeyDocument } from './model.ts';

export const toIdempotencyId = (client: string, key: string) => `${client}\n${key}`;

/**
 * Reserves an idempotency key for a job. Resolves with the row in force: the caller's own, or that of whoever was
 * first. The row comes before its job, so one that has no job yet is finished by the next who brings the key.
 */
export function createReserveKey(
  store: Store,
): (row: IdempotencyKeyDocument) => Promise<IdempotencyKeyDocument> {
  const readRows = async (batch: IdempotencyKeyDocument[]) => {
    const ids = batch.map(({ _id }) => _id);
    const rows = await store.idempotencyKeys.find({ _id: { $in: ids } }, null, CONFIRMED).lean();
    return new Map(rows.map((row) => [row._id, row as IdempotencyKeyDocument]));
  };
  return createGroupCommit({
    async commit(batch) {
      const inserted = await insertEach(store.idempotencyKeys, batch);
      if (!inserted.includes(false)) return batch;
      const rows = await readRows(batch);
      return batch.map(
        (row) => rows.get(row._id) ?? new Error('An idempotency key vanished while it was reserved'),
      );
    },
    async readBack(batch) {
      const rows = await readRows(batch);
      return batch.map(({ _id }) => rows.get(_id));
    },
    isByInput: (failure) => !isStoreAway(failure),
    // The reply to a submit waits for this.
    commitDelayMs: 0,
  });
}

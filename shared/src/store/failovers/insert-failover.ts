import type { Store } from '../connect.ts';
import { CONFIRMED, createGroupCommit } from '../group-commit.ts';
import { insertEach } from '../insert-each.ts';
import type { FailoverDocument } from './model.ts';

/** Writes a failover; one that is there already stays, so a repeat is harmless. */
export function createInsertFailover(store: Store): (failover: FailoverDocument) => Promise<void> {
  const insert = createGroupCommit<FailoverDocument, true>({
    async commit(batch) {
      await insertEach(store.failovers, batch);
      return batch.map(() => true);
    },
    async readBack(batch) {
      const ids = batch.map(({ _id }) => _id);
      const found = await store.failovers.find({ _id: { $in: ids } }, { _id: 1 }, CONFIRMED).lean();
      const written = new Set(found.map(({ _id }) => _id));
      return ids.map((id) => (written.has(id) ? true : undefined));
    },
  });
  return async (failover) => void (await insert(failover));
}

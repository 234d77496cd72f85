import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { insertEach, readInserted } from '../insert-each.ts';
import type { FailoverDocument } from './model.ts';

/** Writes a failover; one that is there already stays, so a repeat is harmless. */
export function createInsertFailover(store: Store): (failover: FailoverDocument) => Promise<void> {
  const insert = createGroupCommit<FailoverDocument, true>({
    async commit(batch) {
      await insertEach(store.failovers, batch);
      return batch.map(() => true);
    },
    readBack: (batch) => readInserted(store.failovers, batch),
  });
  return async (failover) => void (await insert(failover));
}

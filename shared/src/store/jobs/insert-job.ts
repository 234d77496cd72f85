import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { insertEach, readInserted } from '../insert-each.ts';
import { isStoreAway } from '../store-away.ts';
import type { JobDocument } from './model.ts';

/** Puts a job into the ledger. Resolves `false` where a job of its id is there already (a twin was first). */
export function createInsertJob(store: Store): (job: JobDocument) => Promise<boolean> {
  return createGroupCommit({
    commit: (batch) => insertEach(store.jobs, batch),
    readBack: (batch) => readInserted(store.jobs, batch),
    isByInput: (failure) => !isStoreAway(failure),
    // The reply to a submit waits for this.
    commitDelayMs: 0,
  });
}

import type { Store } from '../connect.ts';
import { CONFIRMED, createGroupCommit } from '../group-commit.ts';
import { insertEach } from '../insert-each.ts';
import type { JobDocument } from './model.ts';

/** Puts a job into the ledger. Resolves `false` where a job of its id is there already (a twin was first). */
export function createInsertJob(store: Store): (job: JobDocument) => Promise<boolean> {
  return createGroupCommit({
    commit: (batch) => insertEach(store.jobs, batch),
    async readBack(batch) {
      const ids = batch.map(({ _id }) => _id);
      const jobs = await store.jobs.find({ _id: { $in: ids } }, { _id: 1 }, CONFIRMED).lean();
      const found = new Set(jobs.map(({ _id }) => _id));
      return ids.map((id) => (found.has(id) ? true : undefined));
    },
  });
}

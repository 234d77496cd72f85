import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { createGroupCommit } from '../group-commit.ts';
import { insertEach } from '../insert-each.ts';
import type { AttemptDocument } from './model.ts';

export interface BeginAttempt {
  attempt: AttemptDocument;
  /** Whether this claim has settled an attempt already, which ends the count of crashes in a row. */
  progressed: boolean;
}

/**
 * Writes an attempt as `pending`, if its claim still holds the job and its number is the next one. Resolves
 * `false` where it does not: the caller must not make the call.
 */
export function createBeginAttempt(store: Store): (input: BeginAttempt) => Promise<boolean> {
  const jobs = toNative(store.jobs);

  async function readFenced(batch: BeginAttempt[]) {
    const found = await jobs
      .find(
        { _id: { $in: batch.map(({ attempt }) => attempt.jobId) } },
        { projection: { claim: 1, attemptCount: 1 } },
      )
      .toArray();
    const byId = new Map(found.map((job) => [job._id, job]));
    return batch.map(({ attempt }) => {
      const job = byId.get(attempt.jobId);
      return job?.claim?.token === attempt.claimToken && job.attemptCount >= attempt.number;
    });
  }

  return createGroupCommit({
    async commit(batch) {
      const { matchedCount } = await jobs.bulkWrite(batch.map(toFence) as never, { ordered: true });
      const fenced = matchedCount === batch.length ? batch.map(() => true) : await readFenced(batch);
      const begun = batch.filter((_, index) => fenced[index]);
      if (begun.length > 0)
        await insertEach(
          store.attempts,
          begun.map(({ attempt }) => attempt),
        );
      return fenced;
    },
    async readBack(batch) {
      const ids = batch.map(({ attempt }) => attempt._id);
      const found = new Set(
        (await store.attempts.find({ _id: { $in: ids } }, { _id: 1 }).lean()).map(({ _id }) => _id),
      );
      return ids.map((id) => (found.has(id) ? true : undefined));
    },
  });
}

function toFence({ attempt, progressed }: BeginAttempt) {
  return {
    updateOne: {
      filter: { _id: attempt.jobId, 'claim.token': attempt.claimToken, attemptCount: attempt.number - 1 },
      update: { $set: { attemptCount: attempt.number, ...(progressed ? { crashes: 0 } : {}) } },
    },
  };
}

import { createGroupCommit } from '../../runtime/group-commit.ts';
import type { Store } from '../connect.ts';
import { toNative, type UpdateMany } from '../define-model.ts';
import { CONFIRMED } from '../confirmed.ts';
import { insertEach, readInserted } from '../insert-each.ts';
import type { JobDocument } from '../jobs/model.ts';
import type { AttemptDocument } from './model.ts';

export interface BeginAttempt {
  attempt: AttemptDocument;
  /** Whether this claim has settled an attempt already, which ends the count of crashes in a row. */
  progressed: boolean;
}

/**
 * Writes an attempt as `pending`, if its claim still holds the job and its number is the next one, and free. Resolves
 * `false` where it does not: the caller must not make the call.
 */
export function createBeginAttempt(store: Store): (input: BeginAttempt) => Promise<boolean> {
  const jobs = toNative(store.jobs);

  /** Most are the first of their jobs, and one update for all of them. @returns how many matched */
  async function fence(batch: BeginAttempt[]): Promise<number> {
    let matched = 0;
    const alike = Map.groupBy(batch, ({ attempt, progressed }) => `${attempt.number} ${progressed}`);
    for (const group of alike.values()) {
      const [filter, update, options] = toFence(group);
      // The majority that the attempts wait for has the fence before them.
      const writeConcern = store.primary.leading();
      matched += (await jobs.updateMany(filter, update, { ...options, writeConcern })).matchedCount;
    }
    return matched;
  }

  async function readFenced(batch: BeginAttempt[], read: Partial<typeof CONFIRMED> = {}) {
    const found = await jobs
      .find(
        { _id: { $in: batch.map(({ attempt }) => attempt.jobId) } },
        { projection: { claim: 1, attemptCount: 1 }, ...read },
      )
      .toArray();
    const byId = new Map(found.map((job) => [job._id, job]));
    return batch.map(({ attempt }) => {
      const job = byId.get(attempt.jobId);
      return job?.claim?.token === attempt.claimToken && job.attemptCount >= attempt.number;
    });
  }

  /** @returns the ids of those that are there, also of an earlier try; a number may be another attempt's, of a lost past. */
  async function insert(fenced: BeginAttempt[]): Promise<ReadonlySet<string>> {
    if (fenced.length === 0) return new Set();
    const attempts = fenced.map(({ attempt }) => attempt);
    const inserted = await insertEach(store.attempts, attempts);
    const there = inserted.every(Boolean) ? inserted : await readInserted(store.attempts, attempts);
    return new Set(attempts.filter((_, index) => there[index]).map(({ _id }) => _id));
  }

  return createGroupCommit({
    async commit(batch) {
      const era = store.primary.era();
      const fenced = (await fence(batch)) === batch.length ? batch.map(() => true) : await readFenced(batch);
      const begun = await insert(batch.filter((_, index) => fenced[index]));
      if (store.primary.era() !== era)
        throw new Error('The primary may have lost the fences of these attempts');
      return batch.map(({ attempt }) => begun.has(attempt._id));
    },
    async readBack(batch) {
      const attempts = batch.map(({ attempt }) => attempt);
      const inserted = await readInserted(store.attempts, attempts);
      const fenced = await readFenced(batch, CONFIRMED);
      return inserted.map((found, index) => (fenced[index] ? found : undefined));
    },
    // It is waited for in a place at the provider.
    commitDelayMs: 0,
  });
}

/** For attempts of one number, and of claims that have all progressed or not. */
function toFence(group: readonly BeginAttempt[]): UpdateMany<JobDocument> {
  const number = group[0]?.attempt.number ?? 0;
  return [
    {
      _id: { $in: group.map(({ attempt }) => attempt.jobId) },
      // A token is of one job only.
      'claim.token': { $in: group.map(({ attempt }) => attempt.claimToken) },
      attemptCount: number - 1,
    },
    { $set: { attemptCount: number, ...(group[0]?.progressed ? { crashes: 0 } : {}) } },
    { hint: '_id_' },
  ];
}

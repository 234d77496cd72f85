import type { ClientSession } from 'mongoose';
import { readAnswerProgress } from '../answer-stats/progress.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { FINAL_STATES } from '../jobs/to-final.ts';
import { inTransaction } from '../transaction.ts';

/**
 * Removes jobs that ended before `before`, longest ago first, each with its attempts, failovers, deliveries and idempotency
 * key in one transaction: whatever is killed when, no part is left without the others. One that is retried at the same
 * moment stays whole, and so does one whose end is still to be told, that the statistics do not have yet, with an attempt
 * that usage does not have, or of an evaluation that is not written down. @returns how many it removed.
 */
export async function expireJobs(store: Store, before: Date, limit: number): Promise<number> {
  return inTransaction(store, async (session) => {
    const jobIds = await findExpired(store, { before, limit }, session);
    if (jobIds.length === 0) return 0;
    const ofJobs = { jobId: { $in: jobIds } };
    await toNative(store.attempts).deleteMany(ofJobs, { session });
    await toNative(store.failovers).deleteMany(ofJobs, { session });
    await toNative(store.idempotencyKeys).deleteMany(ofJobs, { session });
    await toNative(store.deliveries).deleteMany(ofJobs, { session });
    const { deletedCount } = await toNative(store.jobs).deleteMany({ _id: { $in: jobIds } }, { session });
    return deletedCount;
  });
}

async function findExpired(
  store: Store,
  { before, limit }: { before: Date; limit: number },
  session: ClientSession,
): Promise<string[]> {
  const counted = await readAnswerProgress(store, session);
  const evaluated = await toNative(store.batches)
    .find({ 'evaluation.isSummarised': false }, { projection: { _id: 1 }, hint: 'unsummarised', session })
    .toArray();
  const found = await toNative(store.jobs)
    .find(
      {
        state: { $in: [...FINAL_STATES] },
        finishedAt: { $lt: before < counted ? before : counted },
        announce: { $exists: false },
        batchId: { $nin: evaluated.map(({ _id }) => _id) },
      },
      { projection: { _id: 1 }, sort: { finishedAt: 1 }, limit, hint: 'finished', session },
    )
    .toArray();
  const jobIds = found.map(({ _id }) => _id);
  const uncounted = await toNative(store.attempts)
    .find({ jobId: { $in: jobIds }, counted: false }, { projection: { jobId: 1 }, hint: 'job', session })
    .toArray();
  const kept = new Set(uncounted.map(({ jobId }) => jobId));
  return jobIds.filter((id) => !kept.has(id));
}

import { eraseMessages } from '../attempts/erase-messages.ts';
import type { AttemptDocument } from '../attempts/model.ts';
import { sumUsage } from '../attempts/sum-usage.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import type { JobDocument, JobUsage } from './model.ts';
import { FINAL_STATES } from './to-final.ts';

/** The same as `refreshUsages` for one job. */
export async function refreshUsage(store: Store, jobId: string): Promise<void> {
  await refreshUsages(store, [jobId]);
}

/**
 * Sums up ended jobs' attempts again, where one of them was settled after the end. A job that has not ended is left
 * alone: whoever ends it sums them up. A sum takes the place of that only which it was made over, so that one that
 * reaches the ledger late undoes no newer one. Of a job that was erased, what a late attempt says is erased, too.
 */
export async function refreshUsages(store: Store, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length === 0) return;
  for (let left = jobIds; left.length > 0;) left = await refreshOnce(store, left);
  await eraseLateMessages(store, jobIds);
}

const ENDED = { state: { $in: [...FINAL_STATES] } };

/** @returns those whose sum is to be looked at again: it was written, and attempts may have been settled meanwhile. */
async function refreshOnce(store: Store, jobIds: readonly string[]): Promise<string[]> {
  const jobs = await store.jobs.find({ _id: { $in: [...jobIds] }, ...ENDED }, { usage: 1 }).lean();
  const sums = await readUsages(store, jobIds);
  const changed = jobs.flatMap(({ _id, usage: before }) => {
    const usage = sums.get(_id) ?? sumUsage([]);
    return isSame(usage, before) ? [] : [{ _id, before, usage }];
  });
  await updateEach(
    store.jobs,
    changed.map(({ _id, before, usage }) => ({
      filter: { _id, ...ENDED, ...toUnchanged(before) },
      update: { $set: { usage } },
    })),
  );
  return changed.map(({ _id }) => _id);
}

/** What the settled attempts of each of these jobs used, of those that have any. */
async function readUsages(
  store: Store,
  jobIds: readonly string[],
  session: ClientSession | null = null,
): Promise<Map<string, JobUsage>> {
  const attempts = await store.attempts
    .find(
      { jobId: { $in: [...jobIds] }, outcome: { $ne: 'pending' } },
      { jobId: 1, inputTokens: 1, outputTokens: 1, costNanoUsd: 1, pricing: 1 },
    )
    .session(session)
    .lean<AttemptDocument[]>();
  const byJob = Map.groupBy(attempts, ({ jobId }) => jobId);
  return new Map([...byJob].map(([jobId, ofJob]) => [jobId, sumUsage(ofJob)]));
}

/**
 * Sums up jobs that nobody works on anew, ended or not, in the transaction that changed their attempts: a claim in between
 * makes it begin again.
 */
export async function sumUpJobs(
  store: Store,
  jobIds: readonly string[],
  session: ClientSession,
): Promise<void> {
  const jobs = await store.jobs
    .find({ _id: { $in: [...jobIds] } }, { usage: 1 })
    .session(session)
    .lean();
  const sums = await readUsages(store, jobIds, session);
  const changed = jobs.flatMap(({ _id, usage: before }) => {
    const usage = sums.get(_id);
    return usage && !isSame(usage, before) ? [{ _id, usage }] : [];
  });
  await updateEach(
    store.jobs,
    changed.map(({ _id, usage }) => ({ filter: { _id }, update: { $set: { usage } } })),
    { session },
  );
}

const PARTS = ['inputTokens', 'outputTokens', 'costNanoUsd', 'pricing'] as const;

function isSame(a: JobUsage, b: JobUsage): boolean {
  return PARTS.every((part) => a[part] === b[part]);
}

function toUnchanged(usage: JobUsage) {
  return Object.fromEntries(PARTS.map((part) => [`usage.${part}`, usage[part]]));
}

async function eraseLateMessages(store: Store, jobIds: readonly string[]) {
  const erased = await toNative(store.jobs)
    .find<Pick<JobDocument, '_id'>>(
      { _id: { $in: [...jobIds] }, erasedAt: { $type: 'date' } },
      { projection: { _id: 1 } },
    )
    .toArray();
  if (erased.length > 0)
    await eraseMessages(
      store,
      erased.map(({ _id }) => _id),
    );
}

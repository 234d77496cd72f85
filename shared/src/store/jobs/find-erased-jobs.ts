import type { Store } from '../connect.ts';

/** Those of these jobs that are erased. */
export async function findErasedJobs(store: Store, jobIds: readonly string[]): Promise<string[]> {
  if (jobIds.length === 0) return [];
  const erased = await store.jobs
    .find({ _id: { $in: [...jobIds] }, erasedAt: { $ne: null } }, { _id: 1 })
    .lean<{ _id: string }[]>();
  return erased.map(({ _id }) => _id);
}

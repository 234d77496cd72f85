import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { FINAL_STATES } from '../jobs/to-final.ts';

/** Erases the texts of jobs that ended before `before`, longest ago first. @returns how many jobs it looked at. */
export async function expireTexts(store: Store, before: Date, limit: number): Promise<number> {
  const jobs = toNative(store.jobs);
  const expired = {
    state: { $in: [...FINAL_STATES] },
    finishedAt: { $lt: before },
    text: { $type: 'string' as const },
  };
  const found = await jobs
    .find(expired, { projection: { _id: 1 }, sort: { finishedAt: 1 }, limit, hint: 'texts' })
    .toArray();
  if (found.length === 0) return 0;
  // Unless one was retried meanwhile, which needs its text.
  await jobs.updateMany({ _id: { $in: found.map(({ _id }) => _id) }, ...expired }, { $set: { text: null } });
  return found.length;
}

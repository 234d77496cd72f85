import type { Store } from '../connect.ts';
import { endJobs } from './cancel-jobs.ts';
import { FINAL_STATES, toFinal } from './to-final.ts';

/**
 * Cancels jobs whose submitter was told that they were not accepted, where they are in the ledger after all, whoever
 * works on them by now. @returns which of them are over, and how many it cancelled.
 */
export async function cancelUnconfirmedJobs(
  store: Store,
  jobIds: readonly string[],
  { erasesText }: { erasesText: boolean },
): Promise<{ overIds: string[]; cancelled: number }> {
  const error = {
    code: 'cancelled' as const,
    message: 'The ledger confirmed it too late for its submitter.',
  };
  const toEnd = () => toFinal({ state: 'cancelled', error }, { erasesText });
  const { ended: cancelled } = await endJobs(store, jobIds, toEnd);
  const over = await store.jobs
    .find({ _id: { $in: [...jobIds] }, state: { $in: [...FINAL_STATES] } }, { _id: 1 })
    .lean();
  return { overIds: over.map(({ _id }) => _id), cancelled };
}

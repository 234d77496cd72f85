import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toFinal } from './to-final.ts';

/**
 * Cancels jobs whose submitter was told that they were not accepted, where they are in the ledger after all and
 * nobody works on them yet. @returns how many were cancelled.
 */
export async function cancelUnconfirmedJobs(
  store: Store,
  jobIds: readonly string[],
  { erasesText }: { erasesText: boolean },
): Promise<number> {
  if (jobIds.length === 0) return 0;
  const error = {
    code: 'cancelled' as const,
    message: 'The ledger confirmed it too late for its submitter.',
  };
  const { modifiedCount } = await toNative(store.jobs).bulkWrite(
    jobIds.map((_id) => ({
      updateOne: {
        filter: { _id, state: 'queued' },
        update: toFinal({ state: 'cancelled', error }, { erasesText }),
      },
    })) as never,
    { ordered: false },
  );
  return modifiedCount;
}

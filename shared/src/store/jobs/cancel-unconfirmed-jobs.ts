import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { toFinal } from './to-final.ts';

/**
 * Cancels jobs whose submitter was told that they were not accepted, where they are in the ledger after all and
 * nobody works on them yet. @returns which it found there, and how many of them it cancelled.
 */
export async function cancelUnconfirmedJobs(
  store: Store,
  jobIds: readonly string[],
  { erasesText }: { erasesText: boolean },
): Promise<{ foundIds: string[]; cancelled: number }> {
  const jobs = toNative(store.jobs);
  const found = await jobs.find({ _id: { $in: [...jobIds] } }, { projection: { generation: 1 } }).toArray();
  if (found.length === 0) return { foundIds: [], cancelled: 0 };
  const error = {
    code: 'cancelled' as const,
    message: 'The ledger confirmed it too late for its submitter.',
  };
  const { modifiedCount } = await jobs.bulkWrite(
    found.map(({ _id, generation }) => ({
      updateOne: {
        // As it was found: whoever tries it again meanwhile wants it.
        filter: { _id, state: 'queued', generation },
        update: toFinal({ state: 'cancelled', error }, { erasesText }),
      },
    })) as never,
    { ordered: false },
  );
  return { foundIds: found.map(({ _id }) => _id), cancelled: modifiedCount };
}

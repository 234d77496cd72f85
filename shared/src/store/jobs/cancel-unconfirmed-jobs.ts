import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { updateEach } from '../update-each.ts';
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
  const found = await toNative(store.jobs)
    .find({ _id: { $in: [...jobIds] } }, { projection: { generation: 1 } })
    .toArray();
  const error = {
    code: 'cancelled' as const,
    message: 'The ledger confirmed it too late for its submitter.',
  };
  const cancelled = await updateEach(
    store.jobs,
    found.map(({ _id, generation }) => ({
      // As it was found: whoever tries it again meanwhile wants it.
      filter: { _id, state: 'queued', generation },
      update: toFinal({ state: 'cancelled', error }, { erasesText }),
    })),
  );
  return { foundIds: found.map(({ _id }) => _id), cancelled };
}

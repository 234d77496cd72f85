import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { changeWith, type Alongside, type ClientSession } from '../transaction.ts';
import { updateEach } from '../update-each.ts';
import { refreshUsages } from './refresh-usage.ts';
import type { JobDocument } from './model.ts';
import { CANCELLED, OPEN_STATES, toFinal } from './to-final.ts';

/** What came of an attempt to end jobs. */
export interface EndedJobs {
  /** How many were open until now. */
  ended: number;
  /** Entries that the queue may still have, though nobody is to work on them. */
  queued: { jobId: string; generation: number }[];
}

/**
 * Cancels those of these jobs that are open, whoever holds them: each in one conditional update that clears the claim,
 * so that whichever of this and a settlement comes first wins. What earlier attempts cost stays in their usage.
 */
export async function cancelJobs(
  store: Store,
  jobIds: readonly string[],
  { erasesText, alongside }: { erasesText: boolean; alongside?: Alongside | undefined },
): Promise<EndedJobs> {
  const toEnd = () => toFinal({ state: 'cancelled', error: CANCELLED }, { erasesText });
  return endJobs(store, jobIds, toEnd, alongside);
}

type OpenJob = Pick<JobDocument, '_id' | 'state' | 'generation' | 'waiting' | 'attemptCount'>;

/**
 * Ends those of these jobs that are open by the update that `toEnd` gives for each. Where that is one at least, `alongside` is
 * written in the same transaction.
 */
export async function endJobs(
  store: Store,
  jobIds: readonly string[],
  toEnd: () => ReturnType<typeof toFinal>,
  alongside?: Alongside,
): Promise<EndedJobs> {
  const { open, changed } = await changeWith(store, alongside, (options) =>
    endOpen(store, jobIds, toEnd, options),
  );
  if (open.length === 0) return { ended: 0, queued: [] };
  await refreshUsages(
    store,
    open.flatMap(({ _id, attemptCount }) => (attemptCount > 0 ? [_id] : [])),
  );
  const queued = open.filter(({ state, waiting }) => state === 'queued' && !waiting);
  return {
    ended: changed,
    queued: queued.map(({ _id: jobId, generation }) => ({ jobId, generation })),
  };
}

async function endOpen(
  store: Store,
  jobIds: readonly string[],
  toEnd: () => ReturnType<typeof toFinal>,
  options: { session?: ClientSession },
): Promise<{ open: OpenJob[]; changed: number }> {
  const isOpen = { state: { $in: [...OPEN_STATES] } };
  const open = await toNative(store.jobs)
    .find<OpenJob>(
      { _id: { $in: [...jobIds] }, ...isOpen },
      { projection: { state: 1, generation: 1, waiting: 1, attemptCount: 1 }, ...options },
    )
    .toArray();
  const changed = await updateEach(
    store.jobs,
    open.map(({ _id }) => ({ filter: { _id, ...isOpen }, update: toEnd() })),
    options,
  );
  return { open, changed };
}

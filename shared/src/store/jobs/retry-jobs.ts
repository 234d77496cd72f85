import type { Store } from '../connect.ts';
import { reopenBatches } from '../batches/reopen-batch.ts';
import { toNative } from '../define-model.ts';
import { changeWith, type Alongside, type ClientSession } from '../transaction.ts';
import type { JobTrace } from './model.ts';

/** The states that a job may be tried again from. */
export const RETRYABLE_STATES = ['failed', 'cancelled'] as const;

/** A new generation: as on its first day, but for its attempts and what they used. */
const ANEW = {
  state: 'queued',
  generation: { $add: ['$generation', 1] },
  waiting: true,
  enqueuedEpoch: null,
  enqueuedAt: null,
  deadlineAt: { $dateAdd: { startDate: '$$NOW', unit: 'millisecond', amount: '$deadlineMs' } },
  startedAt: null,
  finishedAt: null,
  claim: null,
  settledBy: null,
  crashes: 0,
  result: null,
  degraded: false,
  provider: null,
  deferred: null,
  passedOver: [],
  rejectedBy: null,
  error: null,
};

async function reopenBatchesOf(store: Store, jobIds: readonly string[]) {
  const batchIds = await store.jobs.distinct('batchId', { _id: { $in: [...jobIds] }, batchId: { $gt: '' } });
  if (batchIds.length > 0) await reopenBatches(store, batchIds as string[]);
}

interface HowToRetry {
  evenUntold: boolean;
  trace?: JobTrace | null;
}

/**
 * Puts those of these jobs back in line that failed or were cancelled and still have their text: a new generation with a
 * fresh deadline of the original length; a finished batch of theirs runs again. Without `evenUntold`, a job whose end is
 * still to be told is left alone; with it, that end is not told any more. `trace` is the new trace of them, which knows
 * the one before. Where it is one at least, `alongside` is written in the same transaction. @returns how many.
 */
export async function retryJobs(
  store: Store,
  jobIds: readonly string[],
  { alongside, ...how }: HowToRetry & { alongside?: Alongside | undefined },
): Promise<number> {
  if (jobIds.length === 0) return 0;
  const { changed } = await changeWith(store, alongside, (options) =>
    retryEnded(store, jobIds, how, options),
  );
  if (changed > 0) await reopenBatchesOf(store, jobIds);
  return changed;
}

async function retryEnded(
  store: Store,
  jobIds: readonly string[],
  { evenUntold, trace = null }: HowToRetry,
  options: { session?: ClientSession },
): Promise<{ changed: number }> {
  const { modifiedCount } = await toNative(store.jobs).updateMany(
    {
      _id: { $in: [...jobIds] },
      state: { $in: [...RETRYABLE_STATES] },
      text: { $type: 'string' },
      ...(evenUntold ? {} : { announce: { $exists: false } }),
    },
    [{ $set: { ...ANEW, trace: toNewTrace(trace) } }, { $unset: 'announce' }],
    options,
  );
  return { changed: modifiedCount };
}

function toNewTrace(trace: JobTrace | null) {
  if (!trace) return '$$REMOVE';
  const { traceparent, role } = trace;
  return { $mergeObjects: [{ $literal: { traceparent, role } }, { earlier: '$trace.traceparent' }] };
}

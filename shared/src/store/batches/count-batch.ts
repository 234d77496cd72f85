import type { BatchCounts } from '../../contracts/batch.ts';
import { isFinal, JOB_STATES } from '../../contracts/classification.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import type { BatchDocument } from './model.ts';

/** How a batch stands now. */
export interface BatchTally {
  counts: BatchCounts;
  /** When the last of its jobs ended; null while one of them is not final. */
  finishedAt: Date | null;
}

type Counted = Pick<BatchDocument, '_id' | 'total' | 'counts' | 'finishedAt' | 'state'>;

/** The stages that count a batch's jobs by state, from the index alone. */
export const countStages = (batchId: string) => [
  { $match: { batchId } },
  { $group: { _id: '$state', count: { $sum: 1 }, lastAt: { $max: '$finishedAt' } } },
];
export const COUNT_OPTIONS = { hint: 'batch' };
/** Of one moment: a job that changes its state meanwhile moves in the index, and would count twice or not at all. */
const AT_ONE_MOMENT = { readConcern: { level: 'snapshot' } } as const;

/** Counts a batch's jobs by state. */
export async function countBatch(store: Store, batch: Counted): Promise<BatchTally> {
  const rows = await toNative(store.jobs)
    .aggregate<{ _id: keyof BatchCounts; count: number; lastAt: Date | null }>(countStages(batch._id), {
      ...COUNT_OPTIONS,
      ...AT_ONE_MOMENT,
    })
    .toArray();
  const byState = new Map(rows.map(({ _id, count }) => [_id, count]));
  const found = Object.fromEntries(
    JOB_STATES.map((state) => [state, byState.get(state) ?? 0]),
  ) as BatchCounts;
  const counts = batch.state === 'accepted' ? withUnreleased(found, batch) : withRemoved(found, batch);
  return { counts, finishedAt: countFinal(counts) === batch.total ? toLast(rows, batch) : null };
}

function withUnreleased(found: BatchCounts, { total }: Counted): BatchCounts {
  return { ...found, queued: found.queued + total - countAll(found) };
}

/** What is missing of a released batch was final, and its time was over: it ended as the last look saw it. */
function withRemoved(found: BatchCounts, { total, counts: seen }: Counted): BatchCounts {
  const counts = { ...found };
  let missing = total - countAll(found);
  for (const state of JOB_STATES.filter(isFinal)) {
    const gone = Math.min(missing, Math.max(0, seen[state] - found[state]));
    counts[state] += gone;
    missing -= gone;
  }
  return { ...counts, succeeded: counts.succeeded + missing };
}

/** How many of the jobs are final. */
export function countFinal(counts: BatchCounts): number {
  return JOB_STATES.filter(isFinal).reduce((sum, state) => sum + counts[state], 0);
}

const countAll = (counts: BatchCounts) => JOB_STATES.reduce((sum, state) => sum + counts[state], 0);

function toLast(rows: { lastAt: Date | null }[], { finishedAt }: Counted): Date {
  return new Date(Math.max(Number(finishedAt), ...rows.map(({ lastAt }) => Number(lastAt))));
}

import { noteCorrection, type CorrectedJob } from '../answer-stats/note-changes.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction, type Alongside } from '../transaction.ts';

/**
 * Notes what a person says is right for a job, or takes it back where `correction` is null; `by` is who says so. It is noted for
 * the statistics in the same transaction, and what `toAlongside` gives, by the job as it was before, is written in it too.
 * @returns whether that was possible: nothing may be said of a job that was erased.
 */
export async function correctJob(
  store: Store,
  jobId: string,
  correction: { labels: readonly string[]; by: string } | null,
  toAlongside?: (before: CorrectedJob) => Alongside | undefined,
): Promise<boolean> {
  const noted = correction && {
    labels: { $literal: correction.labels },
    at: '$$NOW',
    by: { $literal: correction.by },
  };
  return inTransaction(store, async (session) => {
    const before = (await toNative(store.jobs).findOneAndUpdate(
      { _id: jobId, erasedAt: null },
      [{ $set: { correction: noted } }],
      { returnDocument: 'before', projection: FIELDS, session },
    )) as CorrectedJob | null;
    if (!before) return false;
    await noteCorrection(store, { job: before, after: correction?.labels ?? null }, session);
    await toAlongside?.(before)?.(session);
    return true;
  });
}

const FIELDS = { state: 1, finishedAt: 1, provider: 1, 'result.labels': 1, correction: 1 } as const;

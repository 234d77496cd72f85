import { noteCorrection, type CorrectedJob } from '../answer-stats/note-changes.ts';
import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';
import { inTransaction } from '../transaction.ts';

/**
 * Notes what a person says is right for a job, or takes it back where `labels` is null; `by` is who says so. It is noted for the
 * statistics in the same transaction.
 * @returns whether that was possible: nothing may be said of a job that was erased.
 */
export async function correctJob(
  store: Store,
  jobId: string,
  correction: { labels: readonly string[]; by: string } | null,
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
    if (before) await noteCorrection(store, { job: before, after: correction?.labels ?? null }, session);
    return before !== null;
  });
}

const FIELDS = { state: 1, finishedAt: 1, provider: 1, 'result.labels': 1, correction: 1 } as const;

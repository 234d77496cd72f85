import type { Store } from '../connect.ts';
import { toNative } from '../define-model.ts';

/**
 * Notes what a person says is right for a job, or takes it back where `labels` is null; `by` is who says so.
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
  const { matchedCount } = await toNative(store.jobs).updateOne({ _id: jobId, erasedAt: null }, [
    { $set: { correction: noted } },
  ]);
  return matchedCount === 1;
}

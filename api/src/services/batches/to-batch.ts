import type { Batch } from '@understudy/shared/contracts/batch';
import { countFinal, type BatchTally } from '@understudy/shared/store/batches/count-batch';
import type { BatchView } from '@understudy/shared/store/batches/read-batch';

/** A batch as the API shows it, by the counts of now or of the last look. */
export function toBatch(batch: BatchView, { counts, finishedAt }: BatchTally): Batch {
  const { queued, processing, deferred, succeeded, failed, cancelled } = counts;
  return {
    id: batch._id,
    client: batch.client,
    createdAt: batch.createdAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    total: batch.total,
    counts: { queued, processing, deferred, succeeded, failed, cancelled },
    progress: countFinal(counts) / batch.total,
  };
}

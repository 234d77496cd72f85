import type { AppEvent } from '@understudy/shared/events/events';
import { countFinal } from '@understudy/shared/store/batches/count-batch';
import type { SeenBatch } from '@understudy/shared/store/batches/look-at-batch';

/** The event that tells how far a batch is. */
export function toBatchUpdated({ _id: id, client, total, counts }: SeenBatch): AppEvent {
  return { type: 'batch.updated', id, client, counts, progress: countFinal(counts) / total };
}

import { countFinal } from '@understudy/shared/store/batches/count-batch';
import type { SeenBatch } from '@understudy/shared/store/batches/look-at-batch';
import type { Notice } from './notice.ts';

/** What endpoints are told of a batch that has ended: the batch as the API shows it. @returns null until it has. */
export function toBatchNotice(batch: SeenBatch): Notice | null {
  const { _id: id, client, createdAt, finishedAt, total, counts, announce } = batch;
  if (!announce || !finishedAt) return null;
  const times = { createdAt: createdAt.toISOString(), finishedAt: finishedAt.toISOString() };
  const data = { id, client, ...times, total, counts, progress: countFinal(counts) / total };
  return { eventId: announce.eventId, type: 'batch.finished', client, at: announce.at, data };
}

import type { Store } from '../connect.ts';
import { updateEach } from '../update-each.ts';
import type { SeenBatch } from './look-at-batch.ts';

/** Finished batches whose announcement is older than `before`: whoever noticed the end did not get to relay it. */
export async function findStaleBatchAnnouncements(
  store: Store,
  before: Date,
  limit: number,
): Promise<SeenBatch[]> {
  return store.batches
    .find(
      { 'announce.at': { $lt: before } },
      { client: 1, createdAt: 1, total: 1, counts: 1, finishedAt: 1, announce: 1 },
    )
    .sort({ 'announce.at': 1 })
    .limit(limit)
    .lean<SeenBatch[]>();
}

/** Notes that these announcements of batches were relayed. */
export async function clearBatchAnnouncements(
  store: Store,
  relayed: { batchId: string; eventId: string }[],
): Promise<void> {
  await updateEach(
    store.batches,
    relayed.map(({ batchId, eventId }) => ({
      filter: { _id: batchId, 'announce.eventId': eventId },
      update: { $unset: { announce: 1 } },
    })),
  );
}

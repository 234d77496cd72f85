import type { Batch } from '@understudy/shared/contracts/batch';
import { findBatches } from '@understudy/shared/store/batches/read-batch';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toBatch } from './to-batch.ts';

interface ListInput {
  viewer: Viewer;
  query: { limit: number; cursor?: string | undefined };
}

/** A page of the batches that the viewer may see, each as it was seen last: counting them all would cost too much. */
export async function listBatches(
  ctx: Context,
  { viewer, query: { limit, cursor } }: ListInput,
): Promise<{ data: Batch[]; nextCursor: string | null }> {
  const found = await findBatches(ctx.store, {
    client: toVisibleClient(viewer),
    limit: limit + 1,
    beforeId: fromCursor(cursor, 'bat'),
  });
  const { items, nextCursor } = toPage(found, limit, ({ _id }) => _id);
  return { data: items.map((batch) => toBatch(batch, batch)), nextCursor };
}

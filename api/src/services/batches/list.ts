import type { Batch } from '@understudy/shared/contracts/batch';
import { findBatches } from '@understudy/shared/store/batches/read-batch';
import type { Context } from '../../context.ts';
import { readPage, type PageQuery } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toBatch } from './to-batch.ts';

interface ListInput {
  viewer: Viewer;
  query: PageQuery;
}

/** A page of the batches that the viewer may see, each as it was seen last: counting them all would cost too much. */
export async function listBatches(
  ctx: Context,
  { viewer, query }: ListInput,
): Promise<{ data: Batch[]; nextCursor: string | null }> {
  const client = toVisibleClient(viewer);
  const { items, nextCursor } = await readPage(query, 'bat', (page) =>
    findBatches(ctx.store, { client, ...page }),
  );
  return { data: items.map((batch) => toBatch(batch, batch)), nextCursor };
}

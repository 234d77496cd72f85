import type { Batch } from '@understudy/shared/contracts/batch';
import { NotFoundError } from '@understudy/shared/errors';
import { isOfKind } from '@understudy/shared/ids';
import { countBatch } from '@understudy/shared/store/batches/count-batch';
import { readBatch, type BatchView } from '@understudy/shared/store/batches/read-batch';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toBatch } from './to-batch.ts';

interface GetInput {
  viewer: Viewer;
  id: string;
}

/** How far a batch is, counted now. @throws {NotFoundError} where the viewer's client has none of this id. */
export async function getBatch(ctx: Context, input: GetInput): Promise<Batch> {
  const batch = await findBatch(ctx, input);
  return toBatch(batch, await countBatch(ctx.store, batch));
}

/** A batch of the viewer's. @throws {NotFoundError} where the viewer's client has none of this id. */
export async function findBatch(ctx: Context, { viewer, id }: GetInput): Promise<BatchView> {
  const batch = isOfKind('bat', id) ? await readBatch(ctx.store, id, toVisibleClient(viewer)) : null;
  if (!batch) throw new NotFoundError('not_found', 'There is no such batch.');
  return batch;
}

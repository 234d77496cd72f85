import type { EvaluationQuery, EvaluationRow } from '@understudy/shared/contracts/evaluation';
import { findEvaluations } from '@understudy/shared/store/evaluations/read-evaluation';
import type { Context } from '../../context.ts';
import { fromCursor, toPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toEvaluationRow } from './to-evaluation.ts';

/** A page of the evaluations that the viewer may see, each as it was seen last. */
export async function listEvaluations(
  ctx: Context,
  { viewer, query: { limit, cursor, classifier } }: { viewer: Viewer; query: EvaluationQuery },
): Promise<{ data: EvaluationRow[]; nextCursor: string | null }> {
  const found = await findEvaluations(ctx.store, {
    client: toVisibleClient(viewer),
    classifier,
    limit: limit + 1,
    beforeId: fromCursor(cursor, 'evl'),
  });
  const { items, nextCursor } = toPage(found, limit, ({ _id }) => _id);
  return { data: items.map(toEvaluationRow), nextCursor };
}

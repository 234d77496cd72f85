import type { EvaluationQuery, EvaluationRow } from '@understudy/shared/contracts/evaluation';
import { findEvaluations } from '@understudy/shared/store/evaluations/read-evaluation';
import type { Context } from '../../context.ts';
import { readPage } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { toEvaluationRow } from './to-evaluation.ts';

/** A page of the evaluations that the viewer may see, each as it was seen last. */
export async function listEvaluations(
  ctx: Context,
  { viewer, query }: { viewer: Viewer; query: EvaluationQuery },
): Promise<{ data: EvaluationRow[]; nextCursor: string | null }> {
  const filter = { client: toVisibleClient(viewer), classifier: query.classifier };
  const { items, nextCursor } = await readPage(query, 'evl', (page) =>
    findEvaluations(ctx.store, { ...filter, ...page }),
  );
  return { data: items.map(toEvaluationRow), nextCursor };
}

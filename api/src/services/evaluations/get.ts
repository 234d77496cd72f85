import type { Evaluation } from '@understudy/shared/contracts/evaluation';
import { NotFoundError } from '@understudy/shared/errors';
import { isOfKind } from '@understudy/shared/ids';
import { countBatch } from '@understudy/shared/store/batches/count-batch';
import { readEvaluation, type EvaluationView } from '@understudy/shared/store/evaluations/read-evaluation';
import { scoreEvaluation } from '@understudy/shared/store/evaluations/score-evaluation';
import type { Context } from '../../context.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { toEvaluation } from './to-evaluation.ts';

interface GetInput {
  viewer: Viewer;
  id: string;
}

/**
 * How good the providers are as far as is known: by the jobs of now, or, once its end is written down, by that. @throws
 * {NotFoundError} where the viewer's client has none of this id.
 */
export async function getEvaluation(ctx: Context, input: GetInput): Promise<Evaluation> {
  const batch = await inStoreTime(findEvaluation(ctx, input));
  const tally = await inStoreTime(countBatch(ctx.store, batch));
  const { summary } = batch.evaluation;
  const isCurrent = tally.finishedAt !== null && Number(tally.finishedAt) === Number(summary?.finishedAt);
  const scores = isCurrent && summary ? summary : await scoreEvaluation(ctx.store, batch, inStoreTime);
  return toEvaluation(batch, tally, scores);
}

/** An evaluation of the viewer's. @throws {NotFoundError} where the viewer's client has none of this id. */
export async function findEvaluation(ctx: Context, { viewer, id }: GetInput): Promise<EvaluationView> {
  const found = isOfKind('evl', id) ? await readEvaluation(ctx.store, id, toVisibleClient(viewer)) : null;
  if (!found) throw new NotFoundError('not_found', 'There is no such evaluation.');
  return found;
}

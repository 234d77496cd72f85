import type { EvaluationResult } from '@understudy/shared/contracts/evaluation';
import { toItemIndex } from '@understudy/shared/store/batches/item-id';
import { toExpected } from '@understudy/shared/store/evaluations/score-evaluation';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { writeJobLines } from '../batches/results.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { findEvaluation } from './get.ts';

/** Each sample at each provider with what is right for it, as lines of JSON, final or not. @throws {NotFoundError} */
export async function readEvaluationResults(
  ctx: Context,
  input: { viewer: Viewer; id: string },
): Promise<AsyncIterable<string>> {
  const batch = await inStoreTime(findEvaluation(ctx, input));
  const { evaluation } = batch;
  const { length } = evaluation.providers;
  return writeJobLines(ctx, batch, ({ _id }, job): EvaluationResult => {
    const index = toItemIndex(_id);
    return {
      index: Math.floor(index / length),
      provider: evaluation.providers[index % length]?.name ?? '',
      expected: toExpected(evaluation, index),
      job,
    };
  });
}

import type { Evaluation } from '@understudy/shared/contracts/evaluation';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { cancelJobsOf } from '../batches/cancel.ts';
import { inStoreTime } from '../in-store-time.ts';
import { findEvaluation, getEvaluation } from './get.ts';

/** Cancels every job of an evaluation that is not final; its scores are then of the rest. @throws {NotFoundError} */
export async function cancelEvaluation(
  ctx: Context,
  input: { viewer: Viewer; id: string },
): Promise<Evaluation> {
  await cancelJobsOf(ctx, await inStoreTime(findEvaluation(ctx, input)));
  return getEvaluation(ctx, input);
}

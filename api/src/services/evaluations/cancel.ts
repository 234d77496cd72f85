import type { Evaluation } from '@understudy/shared/contracts/evaluation';
import type { Context } from '../../context.ts';
import type { Change } from '../audit.ts';
import { cancelJobsOf } from '../batches/cancel.ts';
import { noteAction } from '../classifications/note-action.ts';
import { inStoreTime } from '../in-store-time.ts';
import { findEvaluation, getEvaluation } from './get.ts';

/** Cancels every job of an evaluation that is not final; its scores are then of the rest. @throws {NotFoundError} */
export async function cancelEvaluation(
  ctx: Context,
  { id, ...change }: Change & { id: string },
): Promise<Evaluation> {
  const input = { viewer: change.viewer, id };
  const { classifier, finishedAt, done, total } = await getEvaluation(ctx, input);
  if (finishedAt === null) {
    const target = { kind: 'evaluation', id, name: classifier.name };
    const row = { action: 'evaluation.cancelled', target, before: { done, total }, after: null };
    await inStoreTime(noteAction(ctx, change, row));
  }
  await cancelJobsOf(ctx, await inStoreTime(findEvaluation(ctx, input)));
  return getEvaluation(ctx, input);
}

import type { Evaluation } from '@understudy/shared/contracts/evaluation';
import { countBatch, countFinal } from '@understudy/shared/store/batches/count-batch';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { cancelJobsOf } from '../batches/cancel.ts';
import { noteAction } from '../classifications/note-action.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { findEvaluation, getEvaluation } from './get.ts';

/** Cancels every job of an evaluation that is not final; its scores are then of the rest. @throws {NotFoundError} */
export async function cancelEvaluation(
  ctx: Context,
  { id, ...change }: Change & { id: string },
): Promise<Evaluation> {
  const input = { viewer: change.viewer, id };
  const batch = await inStoreTime(findEvaluation(ctx, input));
  const { counts, finishedAt } = await inStoreTime(countBatch(ctx.store, batch));
  if (finishedAt === null) {
    const target = { kind: 'evaluation', id, name: batch.evaluation.classifier.name };
    const after = { cancelled: batch.total - countFinal(counts) };
    const row = { action: 'evaluation.cancelled', target, before: null, after };
    await inStoreTime(noteAction(ctx, change, row));
  }
  await cancelJobsOf(ctx, batch);
  return getEvaluation(ctx, input);
}

import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import { eraseJobs } from '@understudy/shared/store/jobs/erase-jobs';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { findJob } from './find.ts';
import { followEnds } from './follow-ends.ts';
import { describeJob } from './describe.ts';
import { noteAction, toJobTarget } from './note-action.ts';

/** A retry may come in between; it has the same right of way as this has. */
const MAX_TURNS = 5;

/** Erases a job, cancelling it first if need be; one that was erased before is given as it is. @throws {NotFoundError} */
export async function eraseClassification(
  ctx: Context,
  { id, ...change }: Change & { id: string },
): Promise<Classification> {
  let job = await findJob(ctx, change.viewer, id);
  const { state } = job;
  if (!job.erasedAt) {
    const states = { before: { state }, after: { state: isFinal(state) ? state : 'cancelled' } };
    await noteAction(ctx, change, { action: 'job.erased', target: toJobTarget(id), ...states });
  }
  // Once in any case: a worker may have written an attempt's words after it was erased before.
  for (let turn = 0; turn === 0 || (!job.erasedAt && turn < MAX_TURNS); turn += 1) {
    const erased = await eraseJobs(ctx.store, [id]);
    if (erased.ended > 0) ctx.background.add(followEnds(ctx, [id], erased));
    job = await findJob(ctx, change.viewer, id);
  }
  return describeJob(ctx, job);
}

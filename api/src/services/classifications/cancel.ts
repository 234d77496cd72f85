import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import { ConflictError } from '@understudy/shared/errors';
import { cancelJobs } from '@understudy/shared/store/jobs/cancel-jobs';
import { erasesTexts } from '@understudy/shared/store/jobs/to-final';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { findJob } from './find.ts';
import { followEnds } from './follow-ends.ts';
import { describeJob } from './describe.ts';
import { toJobTarget, toNote } from './note-action.ts';

/**
 * Cancels a job, also one that somebody works on; one that was cancelled before is given as it is.
 * @throws {NotFoundError}; {ConflictError} `already_final` where it succeeded or failed, if only a moment before.
 */
export async function cancelClassification(
  ctx: Context,
  { id, ...change }: Change & { id: string },
): Promise<Classification> {
  const { state } = await findJob(ctx, change.viewer, id);
  let ended = 0;
  if (!isFinal(state)) {
    const states = { before: { state }, after: { state: 'cancelled' } };
    const alongside = toNote(ctx, change, { action: 'job.cancelled', target: toJobTarget(id), ...states });
    const erasesText = erasesTexts(ctx.catalogue.config());
    const cancelled = await cancelJobs(ctx.store, [id], { erasesText, alongside });
    ended = cancelled.ended;
    if (ended > 0) ctx.background.add(followEnds(ctx, [id], cancelled));
  }
  const job = await findJob(ctx, change.viewer, id);
  if (ended === 0 && job.state !== 'cancelled')
    throw new ConflictError('already_final', `The job has ended already: it ${job.state}.`);
  return describeJob(ctx, job);
}

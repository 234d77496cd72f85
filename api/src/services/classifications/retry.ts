import { isFinal, type Classification } from '@understudy/shared/contracts/classification';
import { ConflictError } from '@understudy/shared/errors';
import { toJobUpdated } from '@understudy/shared/events/to-job-updated';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { retryJobs } from '@understudy/shared/store/jobs/retry-jobs';
import type { Context } from '../../context.ts';
import type { Change } from '../audit/audit-change.ts';
import { findJob } from './find.ts';
import { describeJob } from './describe.ts';
import { toJobTarget, toNote } from './note-action.ts';
import { toTrace } from './to-trace.ts';
import { untilTold } from './until-told.ts';

/**
 * Has a failed or cancelled job tried again. Its end so far is told first, if that can be had within a second.
 * @throws {NotFoundError}; {ConflictError} `not_retryable` for any other, and for one whose text is gone.
 */
export async function retryClassification(
  ctx: Context,
  { id, ...change }: Change & { id: string },
): Promise<Classification> {
  const before = await findJob(ctx, change.viewer, id);
  const trace = toTrace(ctx, 'parent');
  const states = { before: { state: before.state }, after: { state: 'queued' } };
  const alongside = toNote(ctx, change, { action: 'job.retried', target: toJobTarget(id), ...states });
  let retried = await retryJobs(ctx.store, [id], { evenUntold: false, trace, alongside });
  if (retried === 0) {
    const refused = await findJob(ctx, change.viewer, id);
    if (!mayBeRetried(refused)) throw new ConflictError('not_retryable', explain(refused));
    await untilTold(ctx, [id]);
    retried = await retryJobs(ctx.store, [id], { evenUntold: true, trace, alongside });
    if (retried === 0) throw new ConflictError('not_retryable', explain(refused));
  }
  // At once, so that what comes of it is told later.
  const anew = { state: 'queued', provider: null, degraded: false, finishedAt: null } as const;
  ctx.outbox.tell(toJobUpdated({ ...before, ...anew }));
  return describeJob(ctx, await findJob(ctx, change.viewer, id));
}

/** Whether nothing but its end was in the way, which is still to be told, or was told since the first look. */
function mayBeRetried({ state, text }: JobDocument): boolean {
  return isFinal(state) && state !== 'succeeded' && text !== null;
}

function explain({ state, text, erasedAt }: JobDocument): string {
  if (!isFinal(state)) return `The job has not ended: it is ${state}.`;
  if (state === 'succeeded') return 'The job succeeded: only failed and cancelled ones are tried again.';
  if (text !== null) return 'The job was changed at the same moment.';
  return erasedAt ? 'The job was erased.' : 'The text of the job is not kept any more.';
}

import type { JobDocument, JobTrace } from '@understudy/shared/store/jobs/model';
import type { Context } from '../../context.ts';

/**
 * The trace of a job that comes with the request at hand: it goes on from it, or is linked to it where it is one of
 * many. Null where no traces are taken.
 */
export function toTrace({ tracing }: Pick<Context, 'tracing'>, role: JobTrace['role']): JobTrace | null {
  const traceparent = tracing?.active() ?? null;
  return traceparent === null ? null : { traceparent, role };
}

/** What a job's document has of it. */
export function toTraceField(
  ctx: Pick<Context, 'tracing'>,
  role: JobTrace['role'],
): Pick<JobDocument, 'trace'> {
  const trace = toTrace(ctx, role);
  return trace ? { trace } : {};
}

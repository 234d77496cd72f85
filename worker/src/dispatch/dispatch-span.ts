import type { NewSpan, TraceSpan, Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { DispatchReport } from './dispatch-report.ts';
import type { DispatchInput } from './pass.ts';

/** The span of one pass over the providers, which its attempts are under, side by side. */
export function toDispatchSpan({ job, isDrill = false }: DispatchInput): NewSpan {
  return {
    name: 'dispatch',
    attributes: {
      'understudy.job.id': job._id,
      'understudy.client': job.client,
      'understudy.drill': isDrill,
    },
  };
}

/** How the pass ended, and who was not even tried. A job that waits for its next try has not failed. */
export function noteReport(
  span: TraceSpan,
  { tracing }: { tracing?: Tracing | null },
  { end, passedOver, attempts }: DispatchReport,
): void {
  for (const { provider, reason } of passedOver) {
    tracing?.note('passed_over', {
      'understudy.provider.name': provider.name,
      'understudy.passed_over.reason': reason,
    });
  }
  span.set({
    'understudy.dispatch.end': end.kind,
    'understudy.dispatch.attempts': attempts.length,
    ...(end.kind === 'succeeded' && {
      'understudy.provider.name': end.provider.name,
      'understudy.degraded': end.degraded,
    }),
    ...(end.kind === 'deferred' && { 'understudy.deferred.reason': end.deferred.reason }),
  });
  if (end.kind === 'failed') span.fail(end.error.code);
}

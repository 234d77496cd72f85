import type { Producer } from '@understudy/shared/jobs/producer';
import type { NewSpan, Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { TakenJob } from '@understudy/shared/store/jobs/waiting-jobs';

/**
 * Puts jobs into the queue, each under a span of its own trace: where it was accepted alone that is the trace of its
 * request, else one that begins here. A job without a trace gets none.
 */
export async function enqueueTraced(
  tracing: Tracing | null | undefined,
  producer: Pick<Producer, 'addClassifications'>,
  jobs: readonly TakenJob[],
): Promise<void> {
  if (!tracing) return producer.addClassifications([...jobs]);
  const traced = jobs.map((job) => ({ job, span: job.trace && tracing.start(toFeedSpan(job, job.trace)) }));
  try {
    await producer.addClassifications(
      traced.map(({ job, span }) => (span ? { ...job, traceparent: span.traceparent } : job)),
    );
  } catch (error) {
    for (const { span } of traced) span?.fail('not_enqueued');
    throw error;
  } finally {
    for (const { span } of traced) span?.end();
  }
}

function toFeedSpan(
  { jobId, generation, priority }: TakenJob,
  { traceparent, role, earlier }: NonNullable<TakenJob['trace']>,
): NewSpan {
  return {
    name: 'feed classify',
    kind: 'producer',
    parent: role === 'parent' ? traceparent : null,
    links: [...(role === 'link' ? [traceparent] : []), ...(earlier === undefined ? [] : [earlier])],
    attributes: {
      'understudy.job.id': jobId,
      'understudy.job.generation': generation,
      'understudy.job.priority': priority,
    },
  };
}

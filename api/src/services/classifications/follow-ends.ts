import { hintCancelled } from '@understudy/shared/jobs/cancel-hints';
import type { EndedJobs } from '@understudy/shared/store/jobs/cancel-jobs';
import type { Context } from '../../context.ts';

/**
 * What follows an end that was made here: whoever works on the job hears of it, the queue forgets it, and it is told.
 * None of it is owed: the lease, the claim and upkeep see to each of them, only later. Never throws.
 */
export async function followEnds(
  ctx: Context,
  jobIds: readonly string[],
  { queued }: Pick<EndedJobs, 'queued'>,
): Promise<void> {
  const { redis, prefix, producer, logger } = ctx;
  const steps = await Promise.allSettled([
    hintCancelled(redis, prefix, jobIds),
    producer.removeClassifications(queued),
    tellEnds(ctx, jobIds),
  ]);
  for (const step of steps) {
    if (step.status === 'rejected') logger.debug({ err: step.reason }, 'an end is followed up later');
  }
}

/** Asks the workers to tell the ends of these jobs now. @throws when Redis is away. */
export async function tellEnds({ producer }: Context, jobIds: readonly string[]): Promise<void> {
  await producer.add('classification.tell-ends', { jobIds: [...jobIds] });
}

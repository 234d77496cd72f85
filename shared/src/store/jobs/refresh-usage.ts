import type { AttemptDocument } from '../attempts/model.ts';
import { sumUsage } from '../attempts/sum-usage.ts';
import type { Store } from '../connect.ts';

/**
 * Sums up an ended job's attempts again, where one of them was settled after it ended. A job that has not ended is
 * left alone: whoever ends it sums them up. @returns whether the job had ended.
 */
export async function refreshUsage(store: Store, jobId: string): Promise<boolean> {
  const ended = { _id: jobId, state: { $in: ['succeeded', 'failed', 'cancelled'] as const } };
  const attempts = await store.attempts
    .find(
      { jobId, outcome: { $ne: 'pending' } },
      { inputTokens: 1, outputTokens: 1, costNanoUsd: 1, pricing: 1 },
    )
    .lean<AttemptDocument[]>();
  const { matchedCount } = await store.jobs.updateOne(ended, { usage: sumUsage(attempts) });
  return matchedCount === 1;
}

import type { JobState } from '../../contracts/classification.ts';
import type { AttemptDocument } from '../attempts/model.ts';
import { sumUsage } from '../attempts/sum-usage.ts';
import type { Store } from '../connect.ts';
import type { JobUsage } from './model.ts';

/**
 * Sums up an ended job's attempts again, where one of them was settled after it ended. A job that has not ended is
 * left alone: whoever ends it sums them up. A sum takes the place of that only which it was made over, so that one that
 * reaches the ledger late undoes no newer one. @returns whether the job had ended.
 */
export async function refreshUsage(store: Store, jobId: string): Promise<boolean> {
  for (;;) {
    const job = await store.jobs.findOne({ _id: jobId, ...ENDED }, { usage: 1 }).lean();
    if (!job) return false;
    const usage = await readUsage(store, jobId);
    if (isSame(usage, job.usage)) return true;
    const { inputTokens, outputTokens, costNanoUsd, pricing } = job.usage;
    const unchanged = {
      'usage.inputTokens': inputTokens,
      'usage.outputTokens': outputTokens,
      'usage.costNanoUsd': costNanoUsd,
      'usage.pricing': pricing,
    };
    await store.jobs.updateOne({ _id: jobId, ...ENDED, ...unchanged }, { usage });
  }
}

const ENDED = { state: { $in: ['succeeded', 'failed', 'cancelled'] as JobState[] } };

async function readUsage(store: Store, jobId: string): Promise<JobUsage> {
  const attempts = await store.attempts
    .find(
      { jobId, outcome: { $ne: 'pending' } },
      { inputTokens: 1, outputTokens: 1, costNanoUsd: 1, pricing: 1 },
    )
    .lean<AttemptDocument[]>();
  return sumUsage(attempts);
}

function isSame(a: JobUsage, b: JobUsage): boolean {
  return (
    a.inputTokens === b.inputTokens &&
    a.outputTokens === b.outputTokens &&
    a.costNanoUsd === b.costNanoUsd &&
    a.pricing === b.pricing
  );
}

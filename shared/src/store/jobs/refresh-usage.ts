import type { AttemptDocument } from '../attempts/model.ts';
import { sumUsage } from '../attempts/sum-usage.ts';
import type { Store } from '../connect.ts';
import type { JobUsage } from './model.ts';

/**
 * Sums up an ended job's attempts again, where one of them was settled after it ended. A job that has not ended is
 * left alone: whoever ends it sums them up. @returns whether the job had ended.
 */
export async function refreshUsage(store: Store, jobId: string): Promise<boolean> {
  const ended = { _id: jobId, state: { $in: ['succeeded', 'failed', 'cancelled'] as const } };
  let written: JobUsage | null = null;
  // Again where another attempt was settled between the read and the write, by somebody whose sum this one undid.
  for (;;) {
    const usage = await readUsage(store, jobId);
    if (written && isSame(usage, written)) return true;
    const { matchedCount } = await store.jobs.updateOne(ended, { usage });
    if (matchedCount === 0) return false;
    written = usage;
  }
}

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

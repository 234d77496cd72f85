import type { Store } from '../connect.ts';

const RECENT_MS = 5 * 60_000;
/** Of a busy provider the newest attempts say enough; so a reading costs the same at any traffic. */
const ATTEMPTS_AT_MOST = 1_000;

/**
 * The share of one provider's real attempts of the last five minutes (the newest 1,000 of them) that ended with a
 * fault; null without any. Those cut for no fault of its own, as by a cancelled job, do not count.
 */
export async function readErrorRate(store: Store, providerId: string, now: number): Promise<number | null> {
  const [sum] = await store.attempts.aggregate<{ attempts: number; errors: number }>([
    {
      $match: {
        'provider.id': providerId,
        settledAt: { $gte: new Date(now - RECENT_MS), $lte: new Date(now) },
      },
    },
    { $sort: { settledAt: -1 } },
    { $limit: ATTEMPTS_AT_MOST },
    { $match: { purpose: 'job', $or: [{ outcome: { $ne: 'aborted' } }, { fault: { $ne: null } }] } },
    {
      $group: {
        _id: null,
        attempts: { $sum: 1 },
        errors: { $sum: { $cond: [{ $eq: ['$outcome', 'succeeded'] }, 0, 1] } },
      },
    },
  ]);
  return sum ? sum.errors / sum.attempts : null;
}

import type { Store } from '../connect.ts';

const RECENT_MS = 5 * 60_000;
/** Of a busy provider the newest attempts say enough; so a reading costs the same at any traffic. */
const ATTEMPTS_AT_MOST = 1_000;

/** One provider's real attempts of the last five minutes, the newest 1,000 of them. */
export interface RecentTraffic {
  /** The share that ended with a fault; null without any. Those cut for no fault of its own, as by a cancel, do not count. */
  errorRate: number | null;
  /** Whether it answers, but more than a tenth of its calls were overtaken by another provider or ended for being late. */
  isSlow: boolean;
}

const SLOW_SHARE = 0.1;

export async function readRecentTraffic(
  store: Store,
  providerId: string,
  now: number,
): Promise<RecentTraffic> {
  const count = (condition: object) => ({ $sum: { $cond: [condition, 1, 0] } });
  const [sum] = await store.attempts.aggregate<{ attempts: number; answers: number; late: number }>([
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
        answers: count({ $eq: ['$outcome', 'succeeded'] }),
        late: count({ $in: ['$fault', ['silent', 'timeout']] }),
      },
    },
  ]);
  if (!sum) return { errorRate: null, isSlow: false };
  const { attempts, answers, late } = sum;
  return {
    errorRate: (attempts - answers) / attempts,
    isSlow: answers > late && late > SLOW_SHARE * attempts,
  };
}

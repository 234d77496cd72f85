import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';

/**
 * The share of each provider's checks of the last 24 h after which it was not `down`. A provider that was not
 * checked is absent. Counted from the index alone.
 */
export async function readUptime(
  store: Store,
  providerIds: readonly string[],
  now: number,
): Promise<Map<string, number>> {
  const rows = await store.healthChecks.aggregate<{ _id: string; uptime: number }>([
    {
      $match: {
        providerId: { $in: [...providerIds] },
        at: { $gte: new Date(now - DAY_MS), $lte: new Date(now) },
      },
    },
    { $group: { _id: '$providerId', uptime: { $avg: { $cond: [{ $eq: ['$status', 'down'] }, 0, 1] } } } },
  ]);
  return new Map(rows.map(({ _id, uptime }) => [_id, uptime]));
}

import type { Overview, StatsWindow } from '../../contracts/stats.ts';
import type { Store } from '../connect.ts';
import { WINDOW_MS } from '../../contracts/window-ms.ts';
import { toStart } from '../roll-up/buckets.ts';

/** The share of jobs that should have their answer in time. */
const AVAILABILITY_TARGET = 0.999;

/**
 * Of the jobs of the window (whole hours) whose time for an answer is over, less those that ended by their
 * caller's doing or were held by a limit: how many were answered in time, and how many besides by `local` where others
 * were to (`degraded`, which only the second ratio counts as answered).
 */
export async function readAvailability<W extends StatsWindow>(
  store: Store,
  now: number,
  window: W,
): Promise<Overview['availability'] & { window: W }> {
  const from = toStart('hour', now - WINDOW_MS[window]);
  const [sum] = await store.availabilityBuckets.aggregate<
    Record<'accepted' | 'answered' | 'degraded', number>
  >([
    { $match: { _id: { $gte: from.toISOString(), $lte: new Date(now).toISOString() } } },
    {
      $group: {
        _id: null,
        accepted: { $sum: '$accepted' },
        answered: { $sum: '$answered' },
        degraded: { $sum: '$degraded' },
      },
    },
  ]);
  const { accepted, answered, degraded } = sum ?? { accepted: 0, answered: 0, degraded: 0 };
  const toRatio = (part: number) => (accepted === 0 ? null : part / accepted);
  return {
    window,
    accepted,
    answered,
    degraded,
    ratio: toRatio(answered),
    ratioWithDegraded: toRatio(answered + degraded),
    target: AVAILABILITY_TARGET,
  };
}

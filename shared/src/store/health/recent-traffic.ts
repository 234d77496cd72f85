import type { AttemptDocument } from '../attempts/model.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import type { Store } from '../connect.ts';

const RECENT_MS = 5 * 60_000;
/** Of a busy provider the newest attempts say enough; so a reading costs the same at any traffic. */
const MAX_ATTEMPTS = 1_000;

/** One provider's real attempts of the last five minutes, the newest 1,000 of them. */
export interface RecentTraffic {
  /** The share that ended with a fault; null without any. Those cut for no fault of its own, as by a cancel, do not count. */
  errorRate: number | null;
  /** Whether it answers, but more than a tenth of its calls were overtaken by another provider or ended for being late. */
  isSlow: boolean;
  answers: number;
  /** How many ended with which fault, by themselves and by being cut. */
  failed: FaultCounts;
  cut: FaultCounts;
}
type FaultCounts = Partial<Record<FaultKind, number>>;

const SLOW_SHARE = 0.1;

/** Read from the attempts themselves: a bucket of usage is an hour, and counted later. */
export async function readRecentTraffic(
  store: Store,
  providerId: string,
  now: number,
): Promise<RecentTraffic> {
  const rows = await store.attempts.aggregate<{
    _id: { outcome: AttemptDocument['outcome']; fault: FaultKind };
    count: number;
  }>([
    {
      $match: {
        'provider.id': providerId,
        settledAt: { $gte: new Date(now - RECENT_MS), $lte: new Date(now) },
      },
    },
    { $sort: { settledAt: -1 } },
    { $limit: MAX_ATTEMPTS },
    { $match: { purpose: 'job', $or: [{ outcome: { $ne: 'aborted' } }, { fault: { $ne: null } }] } },
    { $group: { _id: { outcome: '$outcome', fault: '$fault' }, count: { $sum: 1 } } },
  ]);
  const toFaults = (outcome: AttemptDocument['outcome']): FaultCounts =>
    Object.fromEntries(
      rows.filter(({ _id }) => _id.outcome === outcome).map(({ _id, count }) => [_id.fault, count]),
    );
  const sum = (isMeant: (row: (typeof rows)[number]['_id']) => boolean) =>
    rows.reduce((total, { _id, count }) => (isMeant(_id) ? total + count : total), 0);
  const attempts = sum(() => true);
  const answers = sum(({ outcome }) => outcome === 'succeeded');
  const late = sum(({ fault }) => fault === 'silent' || fault === 'timeout');
  return {
    errorRate: attempts === 0 ? null : (attempts - answers) / attempts,
    isSlow: answers > late && late > SLOW_SHARE * attempts,
    answers,
    failed: toFaults('failed'),
    cut: toFaults('aborted'),
  };
}

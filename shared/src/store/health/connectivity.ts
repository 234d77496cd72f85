import type { HealthSummary } from '../../contracts/health.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';

type Connectivity = HealthSummary['connectivity'];
type Counts = Pick<Connectivity, 'attempts' | 'errors'>;

/** The share of attempts that may fail to connect. */
export const CONNECTIVITY_TARGET = 0.01;

/** What of a bucket's attempts failed to connect, as an aggregation expression. */
export const connectErrors = { $add: (['network', 'silent', 'timeout'] satisfies FaultKind[]).map(toCount) };

/**
 * Attempts of real traffic at each provider, and those that ended `network`, `silent` or `timeout`, in the hours
 * that began within the last 24 h. A provider without any is absent.
 */
export async function readConnectivity(
  store: Store,
  providerIds: readonly string[],
  now: number,
): Promise<Map<string, Counts>> {
  const rows = await store.usageBuckets.aggregate<Counts & { _id: string }>([
    {
      $match: {
        providerId: { $in: [...providerIds] },
        at: { $gt: new Date(now - DAY_MS), $lte: new Date(now) },
        purpose: 'job',
      },
    },
    {
      $group: {
        _id: '$providerId',
        attempts: { $sum: '$requests' },
        errors: { $sum: connectErrors },
      },
    },
  ]);
  return new Map(rows.map(({ _id, ...counts }) => [_id, counts]));
}

function toCount(fault: FaultKind) {
  return { $ifNull: [`$faults.${fault}`, 0] };
}

/** Counts as the API shows them; no ratio where there was no attempt. */
export function toConnectivity({ attempts, errors }: Counts = { attempts: 0, errors: 0 }): Connectivity {
  const ratio = attempts === 0 ? null : errors / attempts;
  return { window: '24h', attempts, errors, ratio, target: CONNECTIVITY_TARGET };
}

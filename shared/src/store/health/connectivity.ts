import type { HealthSummary } from '../../contracts/health.ts';
import type { Store } from '../connect.ts';

type Connectivity = HealthSummary['connectivity'];
type Counts = Pick<Connectivity, 'attempts' | 'errors'>;

const DAY_MS = 86_400_000;
/** The share of attempts that may fail to connect. */
export const CONNECTIVITY_TARGET = 0.01;

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
        errors: { $sum: { $add: ['network', 'silent', 'timeout'].map(toCount) } },
      },
    },
  ]);
  return new Map(rows.map(({ _id, ...counts }) => [_id, counts]));
}

const toCount = (fault: string) => ({ $ifNull: [`$faults.${fault}`, 0] });

/** Counts as the API shows them; no ratio where there was no attempt. */
export function toConnectivity({ attempts, errors }: Counts = { attempts: 0, errors: 0 }): Connectivity {
  const ratio = attempts === 0 ? null : errors / attempts;
  return { window: '24h', attempts, errors, ratio, target: CONNECTIVITY_TARGET };
}

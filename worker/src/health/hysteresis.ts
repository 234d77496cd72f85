import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { HealthStatus } from '@understudy/shared/contracts/provider';
import type { ProviderHealthDocument } from '@understudy/shared/store/health/model';

/** What is remembered of a provider's health from check to check. */
export type HealthState = Pick<ProviderHealthDocument, 'status' | 'dissent'>;

type Patience = Pick<DispatchConfig['healthCheck'], 'unhealthyAfter' | 'healthyAfter'>;

const SEVERITY: Record<HealthStatus, number> = { unknown: -1, healthy: 0, degraded: 1, down: 2 };

/**
 * A provider's health after one more check. The first check decides at once. After that it gets worse when
 * `unhealthyAfter` checks in a row found it worse, and better when `healthyAfter` in a row found it better; then it
 * becomes the mildest change that all of them agree on. One check that says otherwise begins the row anew.
 */
export function toNextHealth(
  previous: HealthState | null,
  found: HealthStatus,
  { unhealthyAfter, healthyAfter }: Patience,
): HealthState {
  if (previous === null || previous.status === 'unknown') return { status: found, dissent: null };
  const direction = toDirection(previous.status, found);
  if (direction === 0) return { status: previous.status, dissent: null };
  const { dissent } = previous;
  const goesOn = dissent !== null && toDirection(previous.status, dissent.status) === direction;
  const row = goesOn
    ? { status: toMilder(direction, dissent.status, found), count: dissent.count + 1 }
    : { status: found, count: 1 };
  const patience = direction > 0 ? unhealthyAfter : healthyAfter;
  return row.count >= patience
    ? { status: row.status, dissent: null }
    : { status: previous.status, dissent: row };
}

/** 1 where `to` is worse than `from`, -1 where it is better. */
function toDirection(from: HealthStatus, to: HealthStatus): number {
  return Math.sign(SEVERITY[to] - SEVERITY[from]);
}

/** Whichever of two changes in the same direction is the lesser one. */
function toMilder(direction: number, a: HealthStatus, b: HealthStatus): HealthStatus {
  return (SEVERITY[a] - SEVERITY[b]) * direction <= 0 ? a : b;
}

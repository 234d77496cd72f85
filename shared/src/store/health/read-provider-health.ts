import type { ProviderHealth } from '../../contracts/health.ts';
import type { CircuitRecord } from '../../fleet/circuits.ts';
import type { Store } from '../connect.ts';
import { readLocks } from '../key-holders/read-key-holders.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { readLatestHealth } from '../providers/read-provider.ts';
import { toProviderReference } from '../providers/to-reference.ts';
import { readConnectivity, toConnectivity } from './connectivity.ts';
import { readRecentTraffic } from './recent-traffic.ts';
import { readUptime } from './uptime.ts';

export interface HealthOptions {
  /** What the fleet said of the circuits (`readCircuits`); one that is absent is shown closed. */
  circuits: ReadonlyMap<string, CircuitRecord>;
  /** Milliseconds since 1970. */
  now: number;
}

/** The providers whose health is read, as far as it needs to know them. */
export const HEALTH_FIELDS = { name: 1, type: 1, priority: 1, configuration: 1, apiKey: 1 } as const;
export type HealthSubject = Pick<
  ProviderDocument,
  '_id' | 'name' | 'type' | 'priority' | 'configuration' | 'apiKey'
>;

/**
 * The health of each provider given, in order, from the store alone: no provider is called. A key that a worker cannot
 * open is told before what the latest check found.
 */
export async function readProviderHealth(
  store: Store,
  providers: readonly HealthSubject[],
  { circuits, now }: HealthOptions,
): Promise<ProviderHealth[]> {
  const ids = providers.map(({ _id }) => _id);
  const [latest, findLock, uptime, connectivity, traffic] = await Promise.all([
    readLatestHealth(store, ids),
    readLocks(store),
    readUptime(store, ids, now),
    readConnectivity(store, ids, now),
    Promise.all(ids.map((id) => readRecentTraffic(store, id, now))),
  ]);
  return providers.map((provider, index) => {
    const { _id } = provider;
    const health = latest.get(_id);
    return {
      provider: toProviderReference(provider),
      status: health?.status ?? 'unknown',
      circuit: circuits.get(_id)?.circuit ?? 'closed',
      responseTimeMs: health?.responseTimeMs ?? null,
      errorRate: traffic[index]?.errorRate ?? null,
      slow: traffic[index]?.isSlow ?? false,
      lastCheckedAt: health?.checkedAt.toISOString() ?? null,
      errorMessage: findLock(provider) ?? health?.errorMessage ?? null,
      uptime24h: uptime.get(_id) ?? null,
      connectivity: toConnectivity(connectivity.get(_id)),
    };
  });
}

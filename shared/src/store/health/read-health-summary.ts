import type { HealthSummary } from '../../contracts/health.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import { readAvailability } from '../availability/read-availability.ts';
import type { Store } from '../connect.ts';
import { readProviders } from '../providers/read-provider.ts';
import { toConnectivity } from './connectivity.ts';
import { HEALTH_FIELDS, readProviderHealth, type HealthOptions } from './read-provider-health.ts';
import { readSlots } from './read-slots.ts';

interface SummaryOptions extends HealthOptions {
  /** Whether each row is to have its 90 slots of the last 24 hours. */
  slots?: boolean;
}

/**
 * The health of every provider that is not deleted, in the order in which they are tried, and of the service: its
 * availability, and the connectivity of all providers that are reached over a network (`local` is not). From the
 * store alone: no provider is called.
 */
export async function readHealthSummary(store: Store, options: SummaryOptions): Promise<HealthSummary> {
  const { now } = options;
  const providers = await readProviders(store, { fields: HEALTH_FIELDS, sort: { priority: 1, name: 1 } });
  const ids = providers.map(({ _id }) => _id);
  const lastDay = { from: new Date(now - DAY_MS), to: new Date(now) };
  const [rows, slots, availability] = await Promise.all([
    readProviderHealth(store, providers, options),
    options.slots ? readSlots(store, ids, lastDay) : null,
    readAvailability(store, now, '30d'),
  ]);
  const data = slots ? rows.map((row) => ({ ...row, slots: slots.get(row.provider.id) ?? [] })) : rows;
  const count = (status: HealthSummary['data'][number]['status']) =>
    data.filter((health) => health.status === status).length;
  const remote = data.filter(({ provider }) => provider.type !== 'local');
  return {
    data,
    summary: {
      healthy: count('healthy'),
      degraded: count('degraded'),
      down: count('down'),
      unknown: count('unknown'),
    },
    availability,
    connectivity: toConnectivity({
      attempts: remote.reduce((sum, { connectivity }) => sum + connectivity.attempts, 0),
      errors: remote.reduce((sum, { connectivity }) => sum + connectivity.errors, 0),
    }),
  };
}

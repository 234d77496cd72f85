import type { FleetUsage } from '../../contracts/usage.ts';
import type { Store } from '../connect.ts';
import type { UsageFilter } from './read-buckets.ts';
import type { UsageOptions } from './read-provider-usage.ts';
import { readUsage } from './read-usage.ts';
import { toUsageSpan, type UsageRange } from './to-usage-range.ts';

/**
 * Usage of all providers, deleted ones too, as `readProviderUsage` has it of one.
 * @throws {ValidationError} where the range is none, or too long.
 */
export async function readFleetUsage(
  store: Store,
  { interval, from, to, ...filter }: UsageRange & UsageFilter,
  { now = store.clock.now(), isShown = () => true, bounded = (step) => step }: UsageOptions = {},
): Promise<FleetUsage> {
  const span = toUsageSpan({ interval, from, to }, now);
  const { byProvider, ...usage } = await readUsage(store, filter, span, { isShown });
  const ids = byProvider.map(({ providerId }) => providerId);
  const names = await bounded(readProviderNames(store, ids));
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    ...usage,
    byProvider: byProvider.map(({ providerId, ...totals }) => ({
      provider: names.get(providerId) ?? { id: providerId, name: providerId, type: null },
      ...totals,
    })),
  };
}

/** Who these providers are, or were. */
async function readProviderNames(store: Store, ids: readonly string[]) {
  const found = await store.providers.find({ _id: { $in: [...ids] } }, { name: 1, type: 1 }).lean();
  return new Map(found.map(({ _id, name, type }) => [_id, { id: _id, name, type }]));
}

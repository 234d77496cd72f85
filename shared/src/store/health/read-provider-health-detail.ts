import type { ProviderHealthDetail } from '../../contracts/health.ts';
import { ValidationError } from '../../errors.ts';
import { DAY_MS } from '../../runtime/durations.ts';
import type { Store } from '../connect.ts';
import { readProviderHealth, type HealthOptions, type HealthSubject } from './read-provider-health.ts';
import { readSlots } from './read-slots.ts';

const MAX_CHECKS = 1_000;

export interface HealthRange {
  /** Inclusive; 24 h before `to` by default. */
  from?: Date | undefined;
  /** Exclusive; now by default. */
  to?: Date | undefined;
}

/**
 * The health of one provider, deleted or not: as it is now, its newest 1,000 checks in the range, oldest first, and
 * 90 slots of equal width over the whole range with the worst status in each, null where there was no check.
 * @throws {ValidationError} where the range is none.
 */
export async function readProviderHealthDetail(
  store: Store,
  provider: HealthSubject,
  range: HealthRange,
  options: HealthOptions,
): Promise<ProviderHealthDetail> {
  const to = range.to ?? new Date(options.now);
  const from = range.from ?? new Date(to.getTime() - DAY_MS);
  if (from >= to) {
    throw new ValidationError([{ pointer: '?from', detail: 'must be before `to`', code: 'invalid_range' }]);
  }
  const [[health], history, slots] = await Promise.all([
    readProviderHealth(store, [provider], options),
    readHistory(store, provider._id, from, to),
    readSlots(store, [provider._id], { from, to }),
  ]);
  if (!health) throw new Error('The health of a provider vanished while it was read');
  return { ...health, history, slots: slots.get(provider._id) ?? [] };
}

async function readHistory(store: Store, providerId: string, from: Date, to: Date) {
  const newest = await store.healthChecks
    .find({ providerId, at: { $gte: from, $lt: to } })
    .sort({ at: -1 })
    .limit(MAX_CHECKS)
    .lean();
  return newest.toReversed().map(({ at, status, responseTimeMs, errorMessage }) => ({
    at: at.toISOString(),
    status,
    responseTimeMs,
    errorMessage,
  }));
}

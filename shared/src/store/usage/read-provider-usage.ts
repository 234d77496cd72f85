import type { ProviderUsage } from '../../contracts/usage.ts';
import { NotFoundError, ValidationError } from '../../errors.ts';
import type { Store } from '../connect.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { readSpent } from './read-spent.ts';
import { HOUR_MS, toHour } from './bucket.ts';
import { addBucket, createUsageSum, toUsageTotals, toUsd, type UsageSum } from './to-usage-totals.ts';

const DAY_MS = 24 * HOUR_MS;

export interface UsageRange {
  /** Inclusive; 24 h before `to` by default. */
  from?: Date | undefined;
  /** Exclusive; now by default. */
  to?: Date | undefined;
  interval: 'hour' | 'day';
}

/**
 * Usage of one provider, deleted or not, from its hourly buckets: `from` is taken back to the start of its hour, and
 * the last hour counts whole. Totals and series are real traffic only (tests, drills and deep checks have buckets of
 * their own); the budget counts all that was spent in this month (UTC). A row is an hour, or a day in UTC.
 * @throws {NotFoundError} `provider_not_found`. @throws {ValidationError} where the range is none.
 */
export async function readProviderUsage(
  store: Store,
  providerId: string,
  range: UsageRange,
  { now = Date.now() }: { now?: number } = {},
): Promise<ProviderUsage> {
  const provider = await store.providers.findById(providerId, { configuration: 1 }).lean();
  if (!provider) throw new NotFoundError('provider_not_found', 'There is no such provider.');
  const to = range.to ?? new Date(now);
  const start = range.from ?? new Date(to.getTime() - DAY_MS);
  if (start >= to) {
    throw new ValidationError([{ pointer: '?from', detail: 'must be before `to`', code: 'invalid_range' }]);
  }
  const from = toHour(start);

  const total = createUsageSum();
  const rows = new Map<number, UsageSum>();
  const width = range.interval === 'day' ? DAY_MS : HOUR_MS;
  const buckets = store.usageBuckets
    .find({ providerId, at: { $gte: from, $lt: to }, purpose: 'job' })
    .sort({ at: 1 })
    .lean()
    .cursor();
  for await (const bucket of buckets) {
    const at = Math.floor(bucket.at.getTime() / width) * width;
    const row = rows.get(at) ?? createUsageSum();
    rows.set(at, row);
    addBucket(row, bucket);
    addBucket(total, bucket);
  }
  return {
    totals: toUsageTotals(total),
    series: Array.from(rows, ([at, sum]) => ({ at: new Date(at).toISOString(), ...toUsageTotals(sum) })),
    budget: await readBudget(store, provider, now),
  };
}

async function readBudget(
  store: Store,
  { _id, configuration }: Pick<ProviderDocument, '_id' | 'configuration'>,
  now: number,
): Promise<ProviderUsage['budget']> {
  const limitUsd = 'monthlyBudgetUsd' in configuration ? configuration.monthlyBudgetUsd : null;
  if (limitUsd === null || limitUsd === undefined) return null;
  const { spent, reserved } = await readSpent(store, _id, new Date(now).toISOString().slice(0, 7));
  return { limitUsd, spentUsd: toUsd(spent), reservedUsd: toUsd(reserved) };
}

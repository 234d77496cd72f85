import type { ProviderUsage } from '../../contracts/usage.ts';
import type { Bounded } from '../bounded.ts';
import type { Store } from '../connect.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { toMonth, toMonthlyBudgetUsd } from './budget.ts';
import type { UsageFilter } from './read-buckets.ts';
import { readSpent } from './read-spent.ts';
import { readUsage } from './read-usage.ts';
import { toUsageSpan, type UsageRange } from './to-usage-range.ts';
import { toUsd } from './nano-usd.ts';

export interface UsageOptions {
  now?: number;
  /** Whose usage may be shown by name; all where absent. */
  isShown?: (client: string) => boolean;
  /** Bounds in time what is read beside the buckets, which are bounded by themselves. */
  bounded?: Bounded;
}

/** The provider whose usage is read, as far as it needs to be known. */
type BudgetedProvider = Pick<ProviderDocument, '_id' | 'configuration'>;

/**
 * Usage of one provider, deleted or not, from its hourly buckets: `from` is taken back to the start of its hour, and
 * the last hour counts whole. Totals and series are real traffic only (tests, drills and deep checks stand apart); the
 * budget counts all that was spent in this month (UTC). A row is an hour, or a day in UTC.
 * @throws {ValidationError} where the range is none, or too long.
 */
export async function readProviderUsage(
  store: Store,
  provider: BudgetedProvider,
  { model, client, ...range }: UsageRange & Omit<UsageFilter, 'providerId'>,
  { now = store.clock.now(), isShown = () => true, bounded = (step) => step }: UsageOptions = {},
): Promise<ProviderUsage> {
  const span = toUsageSpan(range, now);
  const filter = { providerId: provider._id, model, client };
  const { byProvider: _itself, ...usage } = await readUsage(store, filter, span, { isShown });
  return {
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    ...usage,
    budget: await bounded(readBudget(store, provider, now)),
  };
}

async function readBudget(
  store: Store,
  { _id, configuration }: BudgetedProvider,
  now: number,
): Promise<ProviderUsage['budget']> {
  const limitUsd = toMonthlyBudgetUsd(configuration);
  if (limitUsd === null) return null;
  const { spent, reserved } = await readSpent(store, _id, toMonth(now));
  return { limitUsd, spentUsd: toUsd(spent), reservedUsd: toUsd(reserved) };
}

import type { Store } from '../../store/connect.ts';
import type { ProviderDocument } from '../../store/providers/model.ts';
import { NEARLY_SPENT, readBudgets } from '../../store/usage/read-budgets.ts';
import { toUsd } from '../../store/usage/nano-usd.ts';
import { fail, warn, type Finding } from './finding.ts';

const CHECK = 'providers';
const FIX = 'Raise `configuration.monthlyBudgetUsd`, or see to it that another provider can take its jobs.';

/** Whose budget of this month (UTC) is spent, or nearly, by the ledger. */
export async function judgeBudgets(
  store: Store,
  providers: readonly ProviderDocument[],
  now: number,
): Promise<Finding[]> {
  const budgets = await readBudgets(store, providers, now);
  return budgets.flatMap(({ provider, limitUsd, spentNanoUsd, isExhausted }) => {
    const spentUsd = toUsd(spentNanoUsd);
    if (spentUsd < limitUsd * NEARLY_SPENT) return [];
    const what = `${provider.name} has spent ${spentUsd.toFixed(2)} of its ${limitUsd.toFixed(2)} dollars of this month.`;
    return [isExhausted ? fail(CHECK, `${what} It gets no more calls.`, FIX) : warn(CHECK, what, FIX)];
  });
}

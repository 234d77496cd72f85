import type { Store } from '../../store/connect.ts';
import type { ProviderDocument } from '../../store/providers/model.ts';
import { toMonth, toMonthlyBudgetUsd } from '../../store/usage/budget.ts';
import { readSpent } from '../../store/usage/read-spent.ts';
import { toUsd } from '../../store/usage/to-usage-totals.ts';
import { fail, warn, type Finding } from './finding.ts';

const CHECK = 'providers';
const NEARLY = 0.9;

/** Whose budget of this month (UTC) is spent, or nearly, by the ledger. */
export async function judgeBudgets(
  store: Store,
  providers: readonly ProviderDocument[],
  now: number,
): Promise<Finding[]> {
  const found: Finding[] = [];
  for (const { _id, name, configuration } of providers) {
    const limitUsd = toMonthlyBudgetUsd(configuration);
    if (limitUsd === null) continue;
    const spentUsd = toUsd((await readSpent(store, _id, toMonth(now))).spent);
    if (spentUsd < limitUsd * NEARLY) continue;
    const what = `${name} has spent ${spentUsd.toFixed(2)} of its ${limitUsd.toFixed(2)} dollars of this month.`;
    const mend =
      'Raise `configuration.monthlyBudgetUsd`, or see to it that another provider can take its jobs.';
    found.push(
      spentUsd < limitUsd ? warn(CHECK, what, mend) : fail(CHECK, `${what} It gets no more calls.`, mend),
    );
  }
  return found;
}

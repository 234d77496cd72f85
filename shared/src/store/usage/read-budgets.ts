import type { Store } from '../connect.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { toMonth, toMonthlyBudgetUsd } from './budget.ts';
import { findLeastReservation } from './find-least-reservation.ts';
import { readSpent } from './read-spent.ts';

/** How much of a month's budget is gone, in nano-dollars. */
export interface BudgetState<P> {
  provider: P;
  month: string;
  limitUsd: number;
  spent: number;
  /** Whether what is left does not hold another call like the last ones, so that none is made. */
  isExhausted: boolean;
}

/** Below this share nobody asks whether another call fits. */
const NEARLY = 0.8;

/** The budgets of those providers that have one; a budget of nothing is no mark to reach. */
export async function readBudgets<P extends Pick<ProviderDocument, '_id' | 'configuration'>>(
  store: Store,
  providers: readonly P[],
  nowMs: number,
): Promise<BudgetState<P>[]> {
  const month = toMonth(nowMs);
  const budgets: BudgetState<P>[] = [];
  for (const provider of providers) {
    const { _id, configuration } = provider;
    const limitUsd = toMonthlyBudgetUsd(configuration);
    if (!limitUsd) continue;
    const { spent, reserved } = await readSpent(store, _id, month);
    const left = limitUsd * 1e9 - spent;
    const isNearlySpent = spent >= limitUsd * 1e9 * NEARLY && reserved === 0;
    const least = isNearlySpent ? await findLeastReservation(store, _id) : null;
    budgets.push({ provider, month, limitUsd, spent, isExhausted: least !== null && left < least });
  }
  return budgets;
}

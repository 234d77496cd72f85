import type { Store } from '../connect.ts';
import type { ProviderDocument } from '../providers/model.ts';
import { toMonth, toMonthlyBudgetUsd } from './budget.ts';
import { findLeastReservation } from './find-least-reservation.ts';
import { readSpent } from './read-spent.ts';
import { toNanoUsd } from './nano-usd.ts';

/** How much of a month's budget is gone. */
export interface BudgetState<P> {
  provider: P;
  month: string;
  limitUsd: number;
  spentNanoUsd: number;
  /** Whether it is spent, or what is left does not hold another call like the last ones: none is made then. */
  isExhausted: boolean;
}

/** From this share on a budget is nearly spent; below it nobody asks whether another call fits. */
export const NEARLY_SPENT = 0.8;

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
    const left = toNanoUsd(limitUsd) - spent;
    const isNearlySpent = spent >= toNanoUsd(limitUsd) * NEARLY_SPENT && reserved === 0;
    const least = isNearlySpent ? await findLeastReservation(store, _id) : null;
    const isExhausted = left <= 0 || (least !== null && left < least);
    budgets.push({ provider, month, limitUsd, spentNanoUsd: spent, isExhausted });
  }
  return budgets;
}

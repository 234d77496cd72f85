import type { ProviderDocument } from '../providers/model.ts';

/** The month of a budget, in UTC, like `2026-11`. */
export function toMonth(nowMs: number): string {
  return new Date(nowMs).toISOString().slice(0, 7);
}

/** What a provider may cost in a month, in dollars; null where nothing holds it, as it never does `local`. */
export function toMonthlyBudgetUsd(configuration: ProviderDocument['configuration']): number | null {
  return 'monthlyBudgetUsd' in configuration ? (configuration.monthlyBudgetUsd ?? null) : null;
}

import { toUsd } from '../../format/number.ts';
import { fromTypedNumber } from '../../format/typed-number.ts';

/** A budget as it was typed, as a patch of a provider; nothing typed takes it away. */
export function toBudget(
  typed: string,
): { configuration: { monthlyBudgetUsd: number | null } } | { fault: string } {
  if (typed.trim() === '') return { configuration: { monthlyBudgetUsd: null } };
  const { value, fault } = fromTypedNumber(typed, { isMoney: true });
  if (fault !== null) return { fault };
  return value < 0 ? { fault: 'must be at least 0' } : { configuration: { monthlyBudgetUsd: value } };
}

/** What a budget has become, with the amount, so that one sees whether it is what was meant. */
export function toBudgetWords(provider: string, budgetUsd: number | null): string {
  if (budgetUsd === null) return `${provider} has no budget any more.`;
  return `The budget of ${provider} is ${toUsd(budgetUsd)} a month.`;
}

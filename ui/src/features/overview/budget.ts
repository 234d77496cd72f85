/** A budget as it was typed, as a patch of a provider; nothing typed takes it away. */
export function toBudget(
  typed: string,
): { configuration: { monthlyBudgetUsd: number | null } } | { fault: string } {
  const text = typed.replaceAll(/[$,\s]/g, '');
  if (text === '') return { configuration: { monthlyBudgetUsd: null } };
  if (!/^\d+(\.\d+)?$/.test(text)) return { fault: 'must be an amount, as 250 or 99.50' };
  return { configuration: { monthlyBudgetUsd: Number(text) } };
}

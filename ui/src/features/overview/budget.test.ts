import { expect, it } from 'vitest';
import { toBudget } from './budget.ts';

const toPatch = (monthlyBudgetUsd: number | null) => ({ configuration: { monthlyBudgetUsd } });

it('reads an amount with or without its signs', () => {
  expect(toBudget('250')).toEqual(toPatch(250));
  expect(toBudget(' $1,250.50 ')).toEqual(toPatch(1250.5));
});

it('takes an empty field as no budget', () => {
  expect(toBudget('  ')).toEqual(toPatch(null));
});

it.each(['-5', '1e9', 'ten', '5.'])('refuses %s', (typed) => {
  expect(toBudget(typed)).toHaveProperty('fault');
});

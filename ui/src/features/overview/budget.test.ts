import { expect, it } from 'vitest';
import { toBudget, toBudgetWords } from './budget.ts';

const toPatch = (monthlyBudgetUsd: number | null) => ({ configuration: { monthlyBudgetUsd } });

it('reads an amount with or without its signs', () => {
  expect(toBudget('250')).toEqual(toPatch(250));
  expect(toBudget(' $1,250.50 ')).toEqual(toPatch(1250.5));
});

it('takes an empty field as no budget', () => {
  expect(toBudget('  ')).toEqual(toPatch(null));
});

it.each(['-5', '1e9', 'ten', '5.', '99,50', '1,25,0', '$'])('refuses %s', (typed) => {
  expect(toBudget(typed)).toHaveProperty('fault');
});

it('names the amount that it has become', () => {
  expect(toBudgetWords('main', 9_950)).toBe('The budget of main is $9,950.00 a month.');
  expect(toBudgetWords('main', null)).toBe('main has no budget any more.');
});

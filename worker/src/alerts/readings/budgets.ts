import { toNanoUsd, toUsd } from '@understudy/shared/store/usage/nano-usd';
import type { AlertFacts, BudgetFacts } from '../facts.ts';
import { toProviderPath, type Reading, type ToldCauses } from '../reading.ts';
import { toDollars } from '../wording.ts';

const MARKS = [80, 100] as const;
const SPENT = 100;

/**
 * Whether each budget has reached 80 % and 100 %: once each per month and limit, also where a correction takes what was
 * spent back below. Where both come at once, only the higher is told.
 */
export function toBudgetReadings({ providers, budgets }: AlertFacts, told: ToldCauses): Reading[] {
  const byProvider = new Map(budgets.map((budget) => [budget.provider._id, budget]));
  return providers.flatMap(({ _id }) =>
    MARKS.map((mark): Reading => {
      const id = `budget/${_id}/${mark}`;
      const budget = byProvider.get(_id);
      if (!budget) return { id, cause: null, words: null };
      const term = `${budget.month} ${budget.limitUsd}`;
      const isReached = told.get(id)?.cause === term || hasReached(budget, mark);
      if (!isReached) return { id, cause: null, words: null };
      const goesWithoutSaying = mark < SPENT && hasReached(budget, SPENT);
      return { id, cause: term, words: goesWithoutSaying ? null : toWords(budget, mark) };
    }),
  );
}

function hasReached({ spentNanoUsd, limitUsd, isExhausted }: BudgetFacts, mark: number): boolean {
  return spentNanoUsd >= (toNanoUsd(limitUsd) * mark) / 100 || isExhausted;
}

function toWords({ provider, month, limitUsd, spentNanoUsd }: BudgetFacts, percent: (typeof MARKS)[number]) {
  const { _id: providerId, name } = provider;
  const spentUsd = toUsd(spentNanoUsd);
  const share = Math.floor((spentUsd / limitUsd) * 100);
  const gone = `${toDollars(spentUsd)} of its ${toDollars(limitUsd)} budget for ${month} (${share} %)`;
  const then = percent === SPENT ? ' and gets no more calls until the next month or a higher limit' : '';
  const summary = `The provider ${name} has spent ${gone}${then}.`;
  const data = { summary, providerId, name, percent, month, limitUsd, spentUsd };
  return { type: 'budget.reached' as const, path: toProviderPath(providerId), data };
}

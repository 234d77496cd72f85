import type { Pricing } from '@understudy/shared/contracts/classification';
import type { RepriceResult } from '@understudy/shared/contracts/reprice';
import { toCombinedPricing } from '@understudy/shared/store/attempts/sum-usage';
import type { SettledAttempt } from '@understudy/shared/store/usage/bucket';
import { isChanged, type RepricedAttempt } from '@understudy/shared/store/usage/reprice-attempts';
import { toUsd } from '@understudy/shared/store/usage/nano-usd';

interface CostSum {
  nanoUsd: number;
  estimatedNanoUsd: number;
  /** Attempts by how they are priced. */
  counts: Partial<Record<Pricing, number>>;
}

/** What some attempts came to before they were priced again, and after. */
export interface RepriceSum {
  matched: number;
  changed: number;
  left: RepriceResult['left'];
  before: CostSum;
  after: CostSum;
}

const NOTHING: CostSum = { nanoUsd: 0, estimatedNanoUsd: 0, counts: {} };

export const EMPTY_SUM: RepriceSum = {
  matched: 0,
  changed: 0,
  left: { tokensUnknown: 0, underWay: 0 },
  before: NOTHING,
  after: NOTHING,
};

/** The sum with these attempts added. */
export function addRepriced(sum: RepriceSum, attempts: readonly RepricedAttempt[]): RepriceSum {
  const countLeft = (why: RepricedAttempt['left']) => attempts.filter(({ left }) => left === why).length;
  return {
    matched: sum.matched + attempts.length,
    changed: sum.changed + attempts.filter(isChanged).length,
    left: {
      tokensUnknown: sum.left.tokensUnknown + countLeft('tokens_unknown'),
      underWay: sum.left.underWay + countLeft('under_way'),
    },
    before: attempts.reduce((cost, { before }) => addCost(cost, before), sum.before),
    after: attempts.reduce((cost, { after }) => addCost(cost, after), sum.after),
  };
}

/** A sum as the API shows it. */
export function toRepriced({ matched, changed, left, before, after }: RepriceSum) {
  return { matched, changed, left, before: toCost(before), after: toCost(after) };
}

function addCost({ nanoUsd, estimatedNanoUsd, counts }: CostSum, attempt: SettledAttempt): CostSum {
  const { pricing, costNanoUsd } = attempt;
  const cost = costNanoUsd ?? 0;
  return {
    nanoUsd: nanoUsd + cost,
    estimatedNanoUsd: estimatedNanoUsd + (pricing === 'estimated' ? cost : 0),
    counts: { ...counts, [pricing]: (counts[pricing] ?? 0) + 1 },
  };
}

function toCost({ nanoUsd, estimatedNanoUsd, counts }: CostSum): RepriceResult['before'] {
  const kinds = Object.keys(counts) as Pricing[];
  const pricing = toCombinedPricing(kinds);
  return {
    costUsd: pricing === 'unpriced' ? null : toUsd(nanoUsd),
    pricing: kinds.length === 0 ? null : pricing,
    unpricedCount: counts.unpriced ?? 0,
    estimatedUsd: toUsd(estimatedNanoUsd),
  };
}

import type { DispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import type { Provider } from '@understudy/shared/contracts/provider';
import { toCount, toUsd } from '../../format/number.ts';
import { toStatusRemarks } from '../../format/provider.ts';

export interface Turn {
  /** Whether jobs may come to it now. */
  isTried: boolean;
  words: string;
  /** At what else a job passes it over, by its own limits. */
  limits: string[];
}

const STRATEGIES: Record<DispatchConfig['strategy'], string> = {
  priority: 'by priority',
  latency: 'the quickest first',
  cost: 'the cheapest first',
  weighted: 'by weight',
  'round-robin': 'in turn',
};

/** When a provider's turn comes, or why it is passed over. */
export function toTurn(
  provider: Provider,
  providers: readonly Provider[],
  strategy: DispatchConfig['strategy'],
  now: Date,
): Turn {
  const limits = toLimits(provider);
  if (!provider.enabled) return { isTried: false, words: 'It is passed over: it is switched off.', limits };
  const remark = toStatusRemarks(provider, now).find(({ isInTheWay }) => isInTheWay);
  if (remark) return { isTried: false, words: `It is passed over now. ${remark.text}`, limits };
  const on = providers.filter(({ enabled }) => enabled);
  const place = on.findIndex(({ id }) => id === provider.id) + 1;
  const words =
    strategy === 'priority' && place > 0
      ? `It is number ${place} of ${on.length} to be tried, by priority.`
      : `It is one of ${on.length} that are tried, ${STRATEGIES[strategy]}.`;
  return { isTried: true, words, limits };
}

function toLimits({ configuration, rateLimit }: Provider): string[] {
  const remote = 'model' in configuration ? configuration : null;
  const { tokensPerMinute = null, monthlyBudgetUsd = null, contextWindow = null } = remote ?? {};
  return [
    `${toCount(configuration.maxConcurrency)} calls are under way at once`,
    ...(rateLimit === null ? [] : [`${toCount(rateLimit)} requests were made within a minute`]),
    ...(tokensPerMinute === null ? [] : [`${toCount(tokensPerMinute)} tokens were used within a minute`]),
    ...(monthlyBudgetUsd === null ? [] : [`a call could overspend ${toUsd(monthlyBudgetUsd)} this month`]),
    ...(contextWindow === null ? [] : [`the text does not fit ${toCount(contextWindow)} tokens`]),
  ];
}

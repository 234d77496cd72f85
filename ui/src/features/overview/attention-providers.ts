import type { Alert } from '@understudy/shared/contracts/alert';
import type { Provider } from '@understudy/shared/contracts/provider';
import { toPercent, toUsd } from '../../format/number.ts';
import { FLAG_WORDS } from '../../format/provider.ts';
import { toSentence } from '../../format/sentence.ts';
import type { AttentionAction, AttentionFacts, AttentionItem } from './attention-item.ts';

const BUDGET_MARK = 0.8;

type Trouble = 'flagged' | 'open' | 'down';

/** What keeps a provider from answering that an operator should know of; a cooldown passes by itself in a moment. */
export function toTrouble({ status }: Provider): Trouble | null {
  if (status.flagged) return 'flagged';
  if (status.circuit === 'open') return 'open';
  return status.health === 'down' ? 'down' : null;
}

/** What is wrong with a provider that takes jobs: at most one matter, the worst. */
export function toProviderItems(provider: Provider, facts: AttentionFacts): AttentionItem[] {
  if (!provider.enabled) return [];
  const trouble = toTrouble(provider);
  return trouble ? toTroubleItems(provider, trouble, facts) : toFailingItems(provider, facts);
}

function toTroubleItems(provider: Provider, trouble: Trouble, { alerts }: AttentionFacts): AttentionItem[] {
  const { id, name, status } = provider;
  const told = alerts.find(
    ({ type, data }) =>
      type === (trouble === 'flagged' ? 'provider.flagged' : 'provider.down') &&
      'providerId' in data &&
      data.providerId === id,
  );
  const item = { id: `${trouble}/${id}`, tone: 'bad' as const, since: told?.at ?? null };
  if (trouble === 'flagged' && status.flagged) {
    return [
      {
        ...item,
        title: `${name} is set aside`,
        detail: toSentence(FLAG_WORDS[status.flagged]),
        action: toUnflag(provider),
      },
    ];
  }
  if (trouble === 'open') {
    const detail = 'Too many calls failed. It is tried again by itself; a reset does so now.';
    return [
      { ...item, title: `The circuit of ${name} is open`, detail, action: { kind: 'reset', provider } },
    ];
  }
  const why = told?.type === 'provider.down' ? told.data.errorMessage : null;
  const action: AttentionAction = { kind: 'go', to: `/advanced/providers/${id}`, words: 'Look' };
  return [{ ...item, title: `${name} is down`, detail: why ?? 'Its checks fail.', action }];
}

/** One that jobs still go to, though it fails just now. */
function toFailingItems(provider: Provider, { failures }: AttentionFacts): AttentionItem[] {
  const { id, name, status } = provider;
  const item = { id: `failing/${id}`, tone: 'warn' as const, since: null };
  if (status.circuit === 'half-open') {
    const detail = 'Too many calls failed. One job at a time tries it; a reset lets all of them.';
    return [
      { ...item, title: `The circuit of ${name} is half-open`, detail, action: { kind: 'reset', provider } },
    ];
  }
  const failure = failures.get(id);
  if (failure === undefined) return [];
  const action: AttentionAction = { kind: 'go', to: `/advanced/providers/${id}`, words: 'Look' };
  return [{ ...item, title: `${name} fails just now`, detail: toSentence(failure), action }];
}

/** What ends a flag: money is for the vendor to take, so that only a reset is left to do here. */
function toUnflag(provider: Provider): AttentionAction {
  switch (provider.status.flagged) {
    case 'unauthenticated':
    case 'forbidden':
      return { kind: 'key', provider };
    case 'budget':
      return { kind: 'budget', provider };
    default:
      return { kind: 'reset', provider };
  }
}

/** A budget of which most is spent. */
export function toBudgetItems(alert: Alert, { providers }: AttentionFacts): AttentionItem[] {
  if (alert.type !== 'budget.reached') return [];
  const { providerId, spentUsd } = alert.data;
  const provider = providers.find(({ id }) => id === providerId);
  if (!provider?.enabled || provider.status.flagged === 'budget') return [];
  // As it is configured now: the alert stands a while after the budget was raised.
  const limitUsd =
    'monthlyBudgetUsd' in provider.configuration ? provider.configuration.monthlyBudgetUsd : null;
  if (limitUsd === null || spentUsd < limitUsd * BUDGET_MARK) return [];
  const share = limitUsd > 0 ? toPercent(spentUsd / limitUsd) : 'All';
  return [
    {
      id: `budget/${providerId}`,
      tone: spentUsd >= limitUsd ? 'bad' : 'warn',
      title: `${share} of ${provider.name}’s budget is spent`,
      detail: `${toUsd(spentUsd)} of ${toUsd(limitUsd)} this month. At the limit it gets no more calls.`,
      since: alert.at,
      action: { kind: 'budget', provider },
    },
  ];
}

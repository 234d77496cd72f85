import type { Alert } from '@understudy/shared/contracts/alert';
import type { Provider } from '@understudy/shared/contracts/provider';
import type { Overview } from '@understudy/shared/contracts/stats';
import { toCount, toPercent, toPlural, toUsd } from '../../format/number.ts';
import { FLAG_WORDS } from '../../format/provider.ts';
import { toDuration } from '../../format/time.ts';

/** What an operator can do about something, with one click. */
export type AttentionAction =
  | { kind: 'reset' | 'budget' | 'key'; provider: Provider }
  | { kind: 'resume' }
  | { kind: 'go'; to: string; words: string };

/** Something that waits for an operator. */
export interface AttentionItem {
  /** The same for the same matter, so that its row stays where it is. */
  id: string;
  tone: 'bad' | 'warn';
  title: string;
  detail: string;
  /** Since when, RFC 3339, where that is known. */
  since: string | null;
  action: AttentionAction;
}

export interface AttentionFacts {
  overview: Overview;
  alerts: readonly Alert[];
  providers: readonly Provider[];
  isPaused: boolean;
}

/** Beyond this the queue is said to have stalled, as in the alert. */
const STALLED_MS = 300_000;
const BUDGET_MARK = 0.8;
const WAITING: AttentionAction = { kind: 'go', to: '/jobs?state=queued,deferred', words: 'Waiting jobs' };

/**
 * What needs an operator, worst first; empty when all is well. What is shown now counts for more than an alert, which
 * ends only a while after its cause; a provider that was switched off has been seen to.
 */
export function toAttention(facts: AttentionFacts): AttentionItem[] {
  const items = [
    ...toWorkerItems(facts),
    ...toDispatchItems(facts),
    ...facts.providers.flatMap((provider) => toProviderItems(provider, facts)),
    ...facts.alerts.flatMap((alert) => toBudgetItems(alert, facts)),
    ...toQueueItems(facts),
    ...toAvailabilityItems(facts),
    ...facts.alerts.flatMap(toWebhookItems),
  ];
  return items.toSorted((a, b) => Number(b.tone === 'bad') - Number(a.tone === 'bad'));
}

/** That nothing needs anybody, with what makes that so. */
export function toWellWords({ overview, providers }: AttentionFacts): string {
  const on = providers.filter(({ enabled }) => enabled).length;
  const alive = overview.workers?.length ?? 0;
  return `All is well: ${toPlural(on, 'provider takes', 'providers take')} jobs, ${toPlural(alive, 'worker runs', 'workers run')} them.`;
}

function toWorkerItems({ overview: { workers, queue } }: AttentionFacts): AttentionItem[] {
  if (workers && workers.length > 0) return [];
  const waiting = `${toPlural(queue.waiting, 'job waits', 'jobs wait')}.`;
  const words = workers
    ? { title: 'No worker is alive', detail: `Nothing is answered until a worker process runs. ${waiting}` }
    : { title: 'Redis does not answer', detail: `Nothing new is started until it is back. ${waiting}` };
  return [{ id: 'workers', tone: 'bad', ...words, since: null, action: WAITING }];
}

function toDispatchItems({ overview, providers, isPaused }: AttentionFacts): AttentionItem[] {
  if (isPaused) {
    const detail = `Jobs are accepted and wait: ${toCount(overview.queue.waiting)} now.`;
    const action = { kind: 'resume' } as const;
    return [{ id: 'paused', tone: 'warn', title: 'Dispatch is paused', detail, since: null, action }];
  }
  const on = providers.filter(({ enabled }) => enabled);
  const remote = on.filter(({ type }) => type !== 'local');
  const isHelpless = remote.every((provider) => toTrouble(provider) !== null);
  if (!isHelpless || (on.length > 0 && remote.length === 0)) return [];
  const action: AttentionAction = { kind: 'go', to: '/advanced/providers', words: 'Providers' };
  const isLocalLeft = on.length > remote.length;
  return [
    {
      id: 'providers',
      tone: isLocalLeft ? 'warn' : 'bad',
      title: isLocalLeft ? 'Only the local provider is left' : 'No provider can answer',
      detail: isLocalLeft ? 'Its answers are marked as degraded.' : 'Jobs wait until one can.',
      since: null,
      action,
    },
  ];
}

type Trouble = 'flagged' | 'open' | 'down';

/** What keeps a provider from answering that an operator should know of; a cooldown passes by itself. */
function toTrouble({ status }: Provider): Trouble | null {
  if (status.flagged) return 'flagged';
  if (status.circuit === 'open') return 'open';
  return status.health === 'down' ? 'down' : null;
}

function toProviderItems(provider: Provider, { alerts }: AttentionFacts): AttentionItem[] {
  const trouble = provider.enabled ? toTrouble(provider) : null;
  if (!trouble) return [];
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

function toSentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
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

function toBudgetItems(alert: Alert, { providers }: AttentionFacts): AttentionItem[] {
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

function toQueueItems({ overview: { queue }, alerts, isPaused }: AttentionFacts): AttentionItem[] {
  const oldest = queue.oldestWaitingMs ?? 0;
  // While it is paused, that is the reason, and said already.
  if (isPaused || oldest < STALLED_MS) return [];
  const since = alerts.find(({ type }) => type === 'queue.stalled')?.at ?? null;
  const detail = `${toPlural(queue.waiting, 'job waits', 'jobs wait')}, the oldest for ${toDuration(oldest)}.`;
  return [{ id: 'queue', tone: 'bad', title: 'The queue has stalled', detail, since, action: WAITING }];
}

function toAvailabilityItems({ overview, alerts }: AttentionFacts): AttentionItem[] {
  const action = (window: string): AttentionAction => ({
    kind: 'go',
    to: `/processing?window=${window}`,
    words: 'Look why',
  });
  const told = alerts.find((alert) => alert.type === 'availability.breached');
  const { window, ratio, target, accepted, answered } = told ? told.data : overview.availability;
  if (ratio === null || ratio >= target) return [];
  const missed = `${toCount(accepted - answered)} of ${toPlural(accepted, 'job')} had no answer in time`;
  return [
    {
      id: 'availability',
      tone: 'bad',
      title: `Availability is ${toPercent(ratio)}`,
      detail: `${missed} over ${WINDOW_WORDS[window]}; the target is ${toPercent(target)}.`,
      since: told?.at ?? null,
      action: action(window),
    },
  ];
}

const WINDOW_WORDS = { '1h': 'the last hour', '24h': '24 hours', '7d': '7 days', '30d': '30 days' } as const;

function toWebhookItems(alert: Alert): AttentionItem[] {
  if (alert.type !== 'webhook.disabled') return [];
  const { webhookId, host, client, reason } = alert.data;
  return [
    {
      id: `webhook/${webhookId}`,
      tone: 'warn',
      title: `Webhooks to ${host} are off`,
      detail: `${reason} Client ${client}.`,
      since: alert.at,
      action: { kind: 'go', to: '/webhooks', words: 'Webhooks' },
    },
  ];
}

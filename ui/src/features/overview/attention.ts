import type { Alert } from '@understudy/shared/contracts/alert';
import { toCount, toPlural } from '../../format/number.ts';
import { toDuration } from '../../format/time.ts';
import { toAvailabilityItems } from './attention-availability.ts';
import type { AttentionAction, AttentionFacts, AttentionItem } from './attention-item.ts';
import { toBudgetItems, toProviderItems, toTrouble } from './attention-providers.ts';

/** A job that waits longer is told of, as in the alert. */
const STALLED_MS = 300_000;
const MINUTE_MS = 60_000;
const WAITING = { kind: 'go', to: '/jobs?state=queued,deferred', words: 'Waiting jobs' } as const;

/**
 * What needs an operator, worst first; empty when all is well. What is shown now counts for more than an alert, which
 * ends only a while after its cause; a provider that was switched off has been seen to.
 */
export function toAttention(facts: AttentionFacts, now = Date.now()): AttentionItem[] {
  const items = [
    ...toWorkerItems(facts),
    ...toDispatchItems(facts),
    ...facts.providers.flatMap((provider) => toProviderItems(provider, facts)),
    ...facts.alerts.flatMap((alert) => toBudgetItems(alert, facts)),
    ...toQueueItems(facts, now),
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

function toQueueItems({ overview, alerts, isPaused }: AttentionFacts, now: number): AttentionItem[] {
  const { waiting, active, oldestWaitingMs } = overview.queue;
  const oldest = oldestWaitingMs ?? 0;
  // While it is paused, or nobody works, that is the reason, and said already.
  if (isPaused || !overview.workers?.length || oldest < STALLED_MS) return [];
  // The alert leaves out what waits by its caller's choice or for a limit; other jobs may flow meanwhile.
  const told = alerts.find(({ type }) => type === 'queue.stalled');
  const counts = `${toPlural(waiting, 'job waits', 'jobs wait')} in all, ${toCount(active)} are under way.`;
  const why = ' A limit, a budget or its own choice of providers may hold it: its page says what.';
  // Whole minutes, so that the same view is the same question for a while.
  const to = new Date(Math.ceil((now - STALLED_MS) / MINUTE_MS) * MINUTE_MS).toISOString();
  return [
    {
      id: 'queue',
      tone: told ? 'bad' : 'warn',
      title: `The oldest waiting job has waited for ${toDuration(oldest)}`,
      detail: told ? counts : counts + why,
      since: told?.at ?? null,
      action: { ...WAITING, to: `${WAITING.to}&to=${to}` },
    },
  ];
}

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

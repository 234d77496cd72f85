import type { ProviderFlag } from '@understudy/shared/contracts/provider';
import type { AlertFacts, KnownProvider } from '../facts.ts';
import { toProviderPath, type Reading, type ToldCauses } from '../reading.ts';
import { toDuration } from '../wording.ts';

/** Whether each provider is down, and that one that was answers again. One that is disabled concerns nobody. */
export function toDownReadings({ providers, health, nowMs }: AlertFacts, told: ToldCauses): Reading[] {
  const isUp = ({ _id, enabled, flagged, type }: KnownProvider) =>
    enabled && !flagged && type !== 'local' && health.get(_id)?.status !== 'down';

  return providers.map((provider): Reading => {
    const { _id: providerId, name, enabled, flagged, updatedAt } = provider;
    const id = `down/${providerId}`;
    const path = toProviderPath(providerId);
    const found = health.get(providerId);
    if (!enabled) return { id, cause: null, words: null };
    // Before a first check of it as it now is, nobody knows.
    if (!found || found.status === 'unknown' || found.checkedAt < updatedAt) {
      return { id, cause: undefined, words: null };
    }
    const { status, errorMessage, responseTimeMs, checkedAt } = found;
    if (status === 'down') {
      const providersLeft = providers.filter((other) => other._id !== providerId && isUp(other)).length;
      const summary = `The provider ${name} is down${toBecause(errorMessage)}. ${toLeft(providersLeft)}`;
      const checked = { errorMessage, checkedAt: checkedAt.toISOString(), providersLeft };
      const data = { summary, providerId, name, status, ...checked };
      return { id, cause: 'down', words: { type: 'provider.down', path, data } };
    }
    // It may be well, but gets no calls; the end is told once the flag is gone.
    if (flagged) return { id, cause: undefined, words: null };
    const downSince = told.get(id)?.beganAt ?? checkedAt;
    const downForMs = Math.max(0, nowMs - downSince.getTime());
    const slowly = status === 'degraded' ? `, but not well${toBecause(errorMessage)}` : '';
    const summary = `The provider ${name} answers again after ${toDuration(downForMs)}${slowly}.`;
    const since = { downSince: downSince.toISOString(), downForMs };
    const data = { summary, providerId, name, status, responseTimeMs, ...since };
    return { id, cause: null, words: { type: 'provider.recovered', path, data } };
  });
}

/** Whether each provider is flagged. Each flag is a change of its own, also where one of the same kind was there before. */
export function toFlaggedReadings({ providers }: AlertFacts): Reading[] {
  return providers.map(({ _id: providerId, name, flagged }): Reading => {
    const id = `flagged/${providerId}`;
    if (!flagged) return { id, cause: null, words: null };
    const { reason, message, at } = flagged;
    const summary = `The provider ${name} gets no more calls: ${WHY[reason]} It said: ${message}`;
    const data = { summary, providerId, name, reason, message, flaggedAt: at.toISOString() };
    const words = { type: 'provider.flagged' as const, path: toProviderPath(providerId), data };
    return { id, cause: `${reason} ${at.toISOString()}`, words };
  });
}

const WHY: Record<ProviderFlag, string> = {
  unauthenticated: 'it does not accept its key.',
  forbidden: 'its key may not do what is asked.',
  quota: 'its quota or credit is used up.',
  budget: 'its budget for this month is spent.',
};

function toBecause(errorMessage: string | null): string {
  return errorMessage === null ? '' : `: ${errorMessage.replace(/[.\s]+$/, '')}`;
}

function toLeft(count: number): string {
  if (count === 0) return 'No other provider is left.';
  return count === 1 ? 'One other provider is left.' : `${count} other providers are left.`;
}

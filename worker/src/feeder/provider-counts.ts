import type { ProviderRoom } from '../dispatch/admission/admission.ts';
import { REASON_MEANINGS, type ReasonMeaning } from '../dispatch/passed-over.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';

/** How many more jobs each provider can take; taking from it leaves less. */
export interface ProviderCounts {
  left(provider: PooledProvider): number;
  sum(providers: readonly PooledProvider[]): number;
  /** @returns the first of them that has room left, which is one less then; null where none has. */
  takeFrom(providers: readonly PooledProvider[]): string | null;
  /** Takes one of this provider, whether it has any left or not. @returns false where there is no such provider. */
  takeOne(providerId: string): boolean;
  /** Whether nothing but a failure or an open circuit keeps it from being called. */
  isDown(provider: PooledProvider): boolean;
  /** Whether a limit keeps it from being called, however many places it has. */
  isLimited(provider: PooledProvider): boolean;
  /** Whether that is no operator's limit: its vendor throttles it, or traffic returns to it after an outage. */
  isThrottled(provider: PooledProvider): boolean;
  /** Whether it is its budget that does. */
  isSpent(provider: PooledProvider): boolean;
  /** When the first of them may be called again; null where that takes an operator. */
  nextTryAt(providers: readonly PooledProvider[]): Date | null;
}

/** `ahead` is how many jobs may be at hand for a provider beyond those that it has a place for. */
export function createProviderCounts(
  rooms: readonly ProviderRoom[],
  { ahead, nowMs }: { ahead: (providerId: string) => number; nowMs: number },
): ProviderCounts {
  const roomOf = new Map(rooms.map((room) => [room.providerId, room]));
  const allowed = new Map(rooms.map(({ providerId, allowance }) => [providerId, allowance ?? Infinity]));
  // More than these would only stand in line at it, each in a worker's place.
  const places = new Map(rooms.map(({ providerId: id, room }) => [id, Math.max(0, room) + ahead(id)]));
  const leftOf = (id: string) => Math.min(allowed.get(id) ?? 0, places.get(id) ?? 0);
  const left = ({ provider }: PooledProvider) => leftOf(provider._id);

  /** Where nothing is known it may be at any moment: a probe comes back, or calls that were chosen turn out smaller. */
  function toTime({ reason, untilAt }: ProviderRoom): number | null {
    const isForOperator = reason === 'flagged' || reason === 'disabled' || reason === 'budget';
    return untilAt ?? (isForOperator ? null : nowMs);
  }

  /** What keeps it from being called; null where nothing does. */
  function toMeaning({ provider }: PooledProvider): ReasonMeaning | null {
    const reason = roomOf.get(provider._id)?.reason ?? null;
    return reason && REASON_MEANINGS[reason];
  }

  function takeOne(id: string) {
    if (!roomOf.has(id)) return false;
    for (const counts of [allowed, places]) counts.set(id, Math.max(0, (counts.get(id) ?? 0) - 1));
    return true;
  }

  return {
    left,
    sum: (providers) => providers.reduce((total, provider) => total + left(provider), 0),
    takeFrom(providers) {
      const id = providers.find((provider) => left(provider) > 0)?.provider._id;
      if (id === undefined) return null;
      takeOne(id);
      return id;
    },
    takeOne,
    isDown: (provider) => toMeaning(provider) === 'down',
    isLimited: ({ provider }) => allowed.get(provider._id) === 0,
    isThrottled(pooled) {
      const meaning = toMeaning(pooled);
      const isRecovering = roomOf.get(pooled.provider._id)?.isRecovering ?? false;
      return meaning === 'throttled' || (meaning === null && isRecovering);
    },
    isSpent: (provider) => toMeaning(provider) === 'over_budget',
    nextTryAt(providers) {
      const times = providers.flatMap(({ provider }) => {
        const room = roomOf.get(provider._id);
        return (room && toTime(room)) ?? [];
      });
      return times.length > 0 ? new Date(Math.min(...times)) : null;
    },
  };
}

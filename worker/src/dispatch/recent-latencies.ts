import type { AttemptDocument } from '@understudy/shared/store/attempts/model';

export interface RecentLatencies {
  /** Takes in an attempt that ended; only answers count. */
  add(attempt: Pick<AttemptDocument, 'provider' | 'outcome' | 'durationMs'>): void;
  /** Median of the provider's recent answers in milliseconds; null before its first one. */
  medianMs(providerId: string): number | null;
}

/** Enough to smooth over single calls, few enough to follow a provider that slows down. */
const KEPT = 50;

/** How long each provider's latest answers took, as this process saw them. */
export function createRecentLatencies(): RecentLatencies {
  const byProvider = new Map<string, number[]>();
  return {
    add({ provider, outcome, durationMs }) {
      if (outcome !== 'succeeded' || typeof durationMs !== 'number') return;
      const kept = [...(byProvider.get(provider.id) ?? []), durationMs];
      byProvider.set(provider.id, kept.slice(-KEPT));
    },
    medianMs(providerId) {
      const sorted = byProvider.get(providerId)?.toSorted((a, b) => a - b) ?? [];
      return sorted[Math.floor(sorted.length / 2)] ?? null;
    },
  };
}

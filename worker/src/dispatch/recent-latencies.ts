import type { Clock } from '@understudy/shared/runtime/clock';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';

/** How long a provider's recent answers took, in milliseconds; all 0 where there are none. */
export interface RecentAnswers {
  count: number;
  medianMs: number;
  p95Ms: number;
  p99Ms: number;
}

export interface RecentLatencies {
  /** Takes in an attempt that ended; only answers count. */
  add(attempt: Pick<AttemptDocument, 'provider' | 'outcome' | 'durationMs'>): void;
  read(providerId: string): RecentAnswers;
}

/** Enough to smooth over single calls, few enough to follow a provider that slows down. */
const KEPT = 100;
/** A provider that changed while it was out of use is not judged by what it was. */
const KEPT_MS = 600_000;

/** How long each provider's latest answers took, as this process saw them. */
export function createRecentLatencies(clock: Pick<Clock, 'monotonic'>): RecentLatencies {
  const byProvider = new Map<string, { atMs: number; durationMs: number }[]>();
  return {
    add({ provider, outcome, durationMs }) {
      if (outcome !== 'succeeded' || typeof durationMs !== 'number') return;
      const kept = byProvider.get(provider.id) ?? [];
      kept.push({ atMs: clock.monotonic(), durationMs });
      if (kept.length > KEPT) kept.shift();
      byProvider.set(provider.id, kept);
    },
    read(providerId) {
      const since = clock.monotonic() - KEPT_MS;
      const sorted = (byProvider.get(providerId) ?? [])
        .flatMap(({ atMs, durationMs }) => (atMs >= since ? [durationMs] : []))
        .toSorted((a, b) => a - b);
      // Nearest rank.
      const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
      return { count: sorted.length, medianMs: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) };
    },
  };
}

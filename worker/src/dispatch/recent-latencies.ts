import type { Clock } from '@understudy/shared/runtime/clock';
import type { AttemptDocument } from '@understudy/shared/store/attempts/model';
import { isUnfinished } from './faults.ts';

/** How long a provider's recent answers took, in milliseconds; all 0 where there are none. */
export interface RecentAnswers {
  count: number;
  medianMs: number;
  /** These with the calls that were ended before their answers came, which would have taken longer than they ran. */
  p95Ms: number;
  p99Ms: number;
}

export interface RecentLatencies {
  /** Takes in an attempt that ended; only those of jobs count. */
  add(attempt: EndedAttempt): void;
  read(providerId: string): RecentAnswers;
}

type EndedAttempt = Pick<AttemptDocument, 'provider' | 'purpose' | 'outcome' | 'fault' | 'durationMs'>;

interface Kept {
  atMs: number;
  durationMs: number;
  isAnswer: boolean;
}

/** Enough to smooth over single calls, few enough to follow a provider that slows down. */
const KEPT = 100;
/** So many that were ended are enough to move what is read. */
const KEPT_UNFINISHED = 10;
/** A provider that changed while it was out of use is not judged by what it was. */
const KEPT_MS = 600_000;

/** How long each provider's latest answers took, as this process saw them. */
export function createRecentLatencies(clock: Pick<Clock, 'monotonic'>): RecentLatencies {
  const byProvider = new Map<string, Kept[]>();

  function read(providerId: string): RecentAnswers {
    const since = clock.monotonic() - KEPT_MS;
    const recent = (byProvider.get(providerId) ?? []).filter(({ atMs }) => atMs >= since);
    // Since its latest answer it may have fallen silent, which says nothing of how long answers take.
    const all = toSorted(recent.slice(0, toUnanswered(recent)));
    const answers = toSorted(recent.filter(({ isAnswer }) => isAnswer));
    return {
      count: answers.length,
      medianMs: atRank(answers, 0.5),
      p95Ms: atRank(all, 0.95),
      p99Ms: atRank(all, 0.99),
    };
  }

  return {
    add({ provider, purpose, outcome, fault, durationMs }) {
      // A test or a check asks for next to nothing, and is answered sooner than any job.
      if (purpose !== 'job' || typeof durationMs !== 'number') return;
      const isAnswer = outcome === 'succeeded';
      // That it would have taken longer than most take says something only where it did run that long.
      if (!isAnswer && !(isUnfinished(fault) && durationMs > read(provider.id).p95Ms)) return;
      const kept = byProvider.get(provider.id) ?? [];
      if (!isAnswer && kept.length - toUnanswered(kept) >= KEPT_UNFINISHED) return;
      kept.push({ atMs: clock.monotonic(), durationMs, isAnswer });
      if (kept.length > KEPT) kept.shift();
      byProvider.set(provider.id, kept);
    },
    read,
  };
}

/** Where those begin that no answer came after. */
function toUnanswered(kept: readonly Kept[]): number {
  return kept.findLastIndex(({ isAnswer }) => isAnswer) + 1;
}

function toSorted(kept: readonly Kept[]): Float64Array {
  return Float64Array.from(kept.map(({ durationMs }) => durationMs)).toSorted();
}

/** By nearest rank; 0 where there is none. */
function atRank(sorted: Float64Array, share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

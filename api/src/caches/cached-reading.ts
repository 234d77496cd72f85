import type { Clock } from '@understudy/shared/runtime/clock';

/** A reading takes a tenth of the time at most, however many ask. */
const FRESH_PER_COST = 9;
/** Beyond that the old value is given for so many times what reading it took, while the next is read. */
const STALE_PER_COST = 30;

interface Limits {
  minFreshMs?: number;
  /** The old value is given for so long at least, to whoever asks seldom and waits little. */
  minStaleMs?: number;
  /** A process that stood still in the middle of a reading must not keep it for long. */
  maxFreshMs?: number;
}

/**
 * Stale-while-revalidate: a value is fresh for nine times what reading it took; after that the old one is given while the
 * next is read. It reads once at a time, and forgets the value where a reading fails. Whoever asks again and again waits
 * for the first reading alone, however long one takes.
 */
export function createCachedReading<T>(
  clock: Pick<Clock, 'monotonic'>,
  read: () => Promise<T>,
  { minFreshMs = 1_000, minStaleMs = 0, maxFreshMs = 90_000 }: Limits = {},
): () => Promise<T> {
  let kept: { value: T; untilMs: number; staleUntilMs: number } | null = null;
  let reading: Promise<T> | null = null;

  function start(): Promise<T> {
    const startedMs = clock.monotonic();
    const started = read();
    reading = started;
    started.then(
      (value) => {
        const endedMs = clock.monotonic();
        const costMs = endedMs - startedMs;
        const freshMs = Math.min(maxFreshMs, Math.max(minFreshMs, FRESH_PER_COST * costMs));
        const staleMs = Math.min(2 * maxFreshMs, Math.max(minStaleMs, STALE_PER_COST * costMs));
        kept = { value, untilMs: endedMs + freshMs, staleUntilMs: endedMs + staleMs };
        reading = null;
      },
      () => {
        kept = null;
        reading = null;
      },
    );
    return started;
  }

  return async () => {
    const nowMs = clock.monotonic();
    if (kept && nowMs < kept.untilMs) return kept.value;
    const next = reading ?? start();
    return kept && nowMs < kept.staleUntilMs ? kept.value : next;
  };
}

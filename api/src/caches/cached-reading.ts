import type { Clock } from '@understudy/shared/runtime/clock';

/** A reading takes a tenth of the time at most, however many ask. */
const KEPT_PER_COST = 9;
/** What is over is handed out for so many times what reading it took, while the next is read. */
const HANDED_ON_PER_COST = 30;

interface Limits {
  leastKeptMs?: number;
  /** What is over is handed out for so long at least, for whoever asks seldom and waits little. */
  leastHandedOnMs?: number;
  /** A process that stood still in the middle of a reading must not keep it for long. */
  mostKeptMs?: number;
}

/**
 * Reads at most once at a time and keeps what was read for a while, until a reading fails. Whoever asks again and again
 * waits for the first reading alone, however long one takes.
 */
export function createCachedReading<T>(
  clock: Pick<Clock, 'monotonic'>,
  read: () => Promise<T>,
  { leastKeptMs = 1_000, leastHandedOnMs = 0, mostKeptMs = 90_000 }: Limits = {},
): () => Promise<T> {
  let kept: { value: T; untilMs: number; handedOnUntilMs: number } | null = null;
  let reading: Promise<T> | null = null;

  function start(): Promise<T> {
    const startedMs = clock.monotonic();
    const started = read();
    reading = started;
    started.then(
      (value) => {
        const endedMs = clock.monotonic();
        const costMs = endedMs - startedMs;
        const keptMs = Math.min(mostKeptMs, Math.max(leastKeptMs, KEPT_PER_COST * costMs));
        const handedOnMs = Math.min(2 * mostKeptMs, Math.max(leastHandedOnMs, HANDED_ON_PER_COST * costMs));
        kept = { value, untilMs: endedMs + keptMs, handedOnUntilMs: endedMs + handedOnMs };
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
    return kept && nowMs < kept.handedOnUntilMs ? kept.value : next;
  };
}

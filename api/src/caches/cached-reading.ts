import type { Clock } from '@understudy/shared/runtime/clock';

/** What is over is handed out for so many times what reading it took, while the next is read. */
const HANDED_ON_PER_COST = 30;

/**
 * Reads at most once at a time and keeps what was read for a while; one that fails is not kept. Whoever asks again and
 * again waits for the first reading alone, however long one takes.
 * @param toKeptMs how long, given how long the reading took; milliseconds.
 */
export function createCachedReading<T>(
  clock: Pick<Clock, 'monotonic'>,
  read: () => Promise<T>,
  toKeptMs: (costMs: number) => number,
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
        kept = {
          value,
          untilMs: endedMs + toKeptMs(costMs),
          handedOnUntilMs: endedMs + HANDED_ON_PER_COST * costMs,
        };
        reading = null;
      },
      () => {
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

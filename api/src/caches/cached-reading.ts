import type { Clock } from '@understudy/shared/runtime/clock';

/**
 * Reads at most once at a time and keeps what was read for a while; one that fails is not kept.
 * @param toKeptMs how long, given how long the reading took; milliseconds.
 */
export function createCachedReading<T>(
  clock: Pick<Clock, 'monotonic'>,
  read: () => Promise<T>,
  toKeptMs: (costMs: number) => number,
): () => Promise<T> {
  let kept: { value: Promise<T>; untilMs: number } | null = null;

  function start(): Promise<T> {
    const startedMs = clock.monotonic();
    const started = { value: read(), untilMs: Infinity };
    kept = started;
    started.value.then(
      () => (started.untilMs = clock.monotonic() + toKeptMs(clock.monotonic() - startedMs)),
      () => (kept = null),
    );
    return started.value;
  }

  return () => (kept && clock.monotonic() < kept.untilMs ? kept.value : start());
}

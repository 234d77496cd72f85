import type { Clock } from '@understudy/shared/runtime/clock';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import type { Count } from './rate-counter.ts';

const MAX_KEYS = 10_000;

/** Counts per key within this process; of too many keys at once the oldest are forgotten. */
export function createLocalCounter(options: {
  windowMs: number;
  clock: Pick<Clock, 'monotonic'>;
  maxKeys?: number;
}) {
  const { windowMs, clock, maxKeys = MAX_KEYS } = options;
  const windows = new Map<string, { used: number; endsAt: number }>();

  function begin(key: string, now: number) {
    const window = { used: 0, endsAt: now + windowMs };
    setBounded(windows, key, window, maxKeys);
    return window;
  }

  return {
    add(key: string, points: number): Count {
      const now = clock.monotonic();
      const known = windows.get(key);
      const window = known && known.endsAt > now ? known : begin(key, now);
      window.used += points;
      return { used: window.used, resetMs: window.endsAt - now };
    },
  };
}

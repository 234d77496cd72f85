import type { Clock } from '@understudy/shared/runtime/clock';

export interface FakeClock extends Clock {
  advance(ms: number): void;
}

/** A clock that stands until it is moved; the wall clock starts at the real now, since ledgers keep the real time. */
export function createFakeClock(): FakeClock {
  const startedAt = Date.now();
  let passedMs = 0;
  return {
    now: () => startedAt + passedMs,
    monotonic: () => 1_000 + passedMs,
    advance(ms) {
      passedMs += ms;
    },
  };
}

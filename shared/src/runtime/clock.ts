/** The one source of time, so that a test can hold it. */
export interface Clock {
  /** Milliseconds since 1970 in UTC. For what is stored or shown. */
  now(): number;
  /** Milliseconds of a clock that never jumps. For durations and leases. */
  monotonic(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

/** Work at the begin, while everything is still being compiled, and at the end, when places run empty, is left out. */
const FROM = 0.3;
const UNTIL = 0.95;

/** The steady part of a run. */
export interface Steady {
  perSecond: number;
  from: number;
  until: number;
}

/** Reads it off the times of a run's events, in milliseconds and in order. */
export function toSteady(times: readonly number[]): Steady {
  const steady = times.slice(Math.floor(times.length * FROM), Math.floor(times.length * UNTIL));
  const [from, until] = [steady[0] ?? Number.NaN, steady.at(-1) ?? Number.NaN];
  return { perSecond: ((steady.length - 1) / (until - from)) * 1_000, from, until };
}

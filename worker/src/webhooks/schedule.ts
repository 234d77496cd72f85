/**
 * When a delivery is tried, from its first try on (https://github.com/standard-webhooks/standard-webhooks, "Deliverability
 * and reliability"). In milliseconds; the last is after a day.
 */
const TRIES_AFTER_MS = [
  0, 5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, 72_000_000, 86_400_000,
];
/** So that receivers that were down do not get everything at one moment. */
const JITTER = 0.1;
const MIN_WAIT_MS = 4_000;
/** A receiver may put off its next try, but not for good. */
const MAX_ASKED_MS = 6 * 3_600_000;

/** A delivery whose schedule began longer ago than this is given up: its target was hardly to be called at all. */
export const ROUND_MS = 26 * 3_600_000;

interface RoundSoFar {
  startedMs: number;
  /** Tries that it has made, the one that failed just now among them. */
  tries: number;
}

/** When to try again, in milliseconds since 1970; null where the schedule is over. `askedMs` is what `Retry-After` says. */
export function toNextTryMs(
  { startedMs, tries }: RoundSoFar,
  { nowMs, askedMs, random }: { nowMs: number; askedMs: number | null; random: () => number },
): number | null {
  const afterMs = TRIES_AFTER_MS[tries];
  if (afterMs === undefined) return null;
  const waitMs = Math.max(startedMs + afterMs - nowMs, MIN_WAIT_MS);
  const jitteredMs = waitMs * (1 + JITTER * (2 * random() - 1));
  return Math.round(nowMs + Math.max(jitteredMs, Math.min(askedMs ?? 0, MAX_ASKED_MS)));
}

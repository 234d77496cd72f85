const FIRST_MS = 5_000;
/** A shorter wait that a provider names is none: it throttles, and says to come back at once. */
const MIN_MS = 1_000;
const MAX_GUESS_MS = 60_000;
/** A provider that asks for more is asked again after this all the same: nobody means to be left for a year. */
const MAX_MS = 3_600_000;

/** How long a provider is left alone after its first 429; `retryAfterMs` as it said, or null where it did not. */
export function toFirstWaitMs(retryAfterMs: number | null): number {
  if (retryAfterMs === null) return FIRST_MS;
  return Math.min(MAX_MS, Math.max(MIN_MS, retryAfterMs));
}

export interface Cooldown {
  /** Until when the provider asked to be left alone, on the monotonic clock; null where it did not or it is over. */
  untilMs(nowMs: number): number | null;
  /**
   * Notes a 429: `retryAfterMs` as the provider said, or null where it did not. Then it is 5 s, and 1 s where it named
   * less than that, doubling with each one to 60 s.
   */
  begin(retryAfterMs: number | null, nowMs: number): void;
  /** Takes another's word for until when. */
  obey(untilMs: number): void;
  /** Notes a good answer: the next guess starts anew. */
  forgive(): void;
}

/** How long one provider that throttles us is left alone. */
export function createCooldown(): Cooldown {
  let untilMs = 0;
  let guessMs = 0;

  const current = (nowMs: number) => (nowMs < untilMs ? untilMs : null);
  return {
    untilMs: current,
    begin(retryAfterMs, nowMs) {
      // Calls that were under way together are all refused: that is one refusal, not several in a row.
      const alreadyCooling = current(nowMs) !== null;
      const isNamed = retryAfterMs !== null && retryAfterMs >= MIN_MS;
      if (isNamed) {
        untilMs = Math.max(untilMs, nowMs + toFirstWaitMs(retryAfterMs));
      } else if (!alreadyCooling) {
        guessMs = Math.min(MAX_GUESS_MS, guessMs === 0 ? toFirstWaitMs(retryAfterMs) : guessMs * 2);
        untilMs = nowMs + guessMs;
      }
    },
    obey(until) {
      untilMs = until;
    },
    forgive() {
      guessMs = 0;
    },
  };
}

/** The same numbers for the record over the fleet, whose script counts by them. */
export const COOLDOWN_LENGTHS = {
  firstMs: FIRST_MS,
  shortestMs: MIN_MS,
  longestGuessMs: MAX_GUESS_MS,
  longestMs: MAX_MS,
};

const FIRST_MS = 5_000;
const LONGEST_GUESS_MS = 60_000;
/** A provider that asks for more is asked again after this all the same: nobody means to be left for a year. */
const LONGEST_MS = 3_600_000;

export interface Cooldown {
  /** Until when the provider asked to be left alone, on the monotonic clock; null where it did not or it is over. */
  untilMs(nowMs: number): number | null;
  /** Notes a 429: `retryAfterMs` as the provider said, or null for 5 s, doubling with each one to 60 s. */
  begin(retryAfterMs: number | null, nowMs: number): void;
  /** Takes another's word for until when. */
  obey(untilMs: number): void;
  /** Notes a good answer: the next guess starts from 5 s again. */
  forgive(): void;
}

/** How long one provider that throttles us is left alone. */
export function createCooldown(): Cooldown {
  let untilMs = 0;
  let nextGuessMs = FIRST_MS;

  const current = (nowMs: number) => (nowMs < untilMs ? untilMs : null);
  return {
    untilMs: current,
    begin(retryAfterMs, nowMs) {
      // Calls that were under way together are all refused: that is one refusal, not several in a row.
      const alreadyCooling = current(nowMs) !== null;
      const waitMs = retryAfterMs === null ? nextGuessMs : Math.min(Math.max(0, retryAfterMs), LONGEST_MS);
      if (retryAfterMs === null && alreadyCooling) return;
      untilMs = Math.max(untilMs, nowMs + waitMs);
      if (!alreadyCooling && retryAfterMs === null) nextGuessMs = Math.min(LONGEST_GUESS_MS, nextGuessMs * 2);
    },
    obey(until) {
      untilMs = until;
    },
    forgive() {
      nextGuessMs = FIRST_MS;
    },
  };
}

export interface BackoffOptions {
  firstMs: number;
  maxMs: number;
  /** A process that ran this long was well: the next wait is the first one again. */
  stableMs: number;
}

export const RESTART_BACKOFF: BackoffOptions = { firstMs: 250, maxMs: 10_000, stableMs: 30_000 };

/** Waits that double from one short run to the next: `next(ranMs)` gives the milliseconds to wait. */
export function createBackoff({ firstMs, maxMs, stableMs }: BackoffOptions): { next(ranMs: number): number } {
  let waitMs = firstMs;
  return {
    next(ranMs) {
      if (ranMs >= stableMs) waitMs = firstMs;
      const now = waitMs;
      waitMs = Math.min(waitMs * 2, maxMs);
      return now;
    },
  };
}

/** Keeps the hedges of one provider within their share of its calls, over the last minute. */
export interface HedgeShare {
  noteCall(nowMs: number): void;
  /** Asks for one hedge. Where calls are few one a minute is given, or a first silent call could not be saved. */
  take(maxShare: number, nowMs: number): boolean;
}

const WINDOW_MS = 60_000;
const BUCKET_MS = 1_000;

export function createHedgeShare(): HedgeShare {
  let buckets: { at: number; calls: number; hedges: number }[] = [];

  function toCurrent(nowMs: number) {
    const latest = buckets.at(-1);
    if (latest && nowMs - latest.at < BUCKET_MS) return latest;
    buckets = buckets.filter(({ at }) => nowMs - at < WINDOW_MS);
    const bucket = { at: nowMs, calls: 0, hedges: 0 };
    buckets.push(bucket);
    return bucket;
  }

  return {
    noteCall(nowMs) {
      toCurrent(nowMs).calls += 1;
    },
    take(maxShare, nowMs) {
      const current = toCurrent(nowMs);
      const within = buckets.filter(({ at }) => nowMs - at < WINDOW_MS);
      const calls = within.reduce((sum, bucket) => sum + bucket.calls, 0);
      const hedges = within.reduce((sum, bucket) => sum + bucket.hedges, 0);
      if (maxShare === 0 || hedges + 1 > Math.max(1, maxShare * calls)) return false;
      current.hedges += 1;
      return true;
    },
  };
}

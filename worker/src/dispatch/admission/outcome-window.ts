/** Outcomes that count, within one window of time. */
interface OutcomeCounts {
  good: number;
  bad: number;
  invalid: number;
}

export interface OutcomeWindow {
  add(outcome: keyof OutcomeCounts | 'slow', nowMs: number): void;
  /** What was added in the last `windowMs`, to within a thirtieth of it; `slowInARow` since the last good one. */
  count(nowMs: number, windowMs: number): OutcomeCounts & { slowInARow: number };
}

const BUCKETS = 30;
/** The widest window that the configuration allows; older buckets are let go. */
const KEPT_MS = 600_000;

/** Counts outcomes over a sliding window, in buckets, so that its size does not grow with traffic. */
export function createOutcomeWindow(windowMs: number): OutcomeWindow {
  const widthMs = Math.max(1, windowMs / BUCKETS);
  let buckets: ({ at: number } & OutcomeCounts)[] = [];
  let slowInARow = 0;

  return {
    add(outcome, nowMs) {
      if (outcome === 'slow') {
        slowInARow += 1;
        return;
      }
      if (outcome === 'good') slowInARow = 0;
      const latest = buckets.at(-1);
      if (latest && nowMs - latest.at < widthMs) {
        latest[outcome] += 1;
        return;
      }
      buckets = buckets.filter(({ at }) => nowMs - at < KEPT_MS);
      buckets.push({ at: nowMs, good: 0, bad: 0, invalid: 0, [outcome]: 1 });
    },
    count(nowMs, spanMs) {
      const counts = { good: 0, bad: 0, invalid: 0, slowInARow };
      for (const bucket of buckets) {
        if (nowMs - bucket.at >= spanMs) continue;
        counts.good += bucket.good;
        counts.bad += bucket.bad;
        counts.invalid += bucket.invalid;
      }
      return counts;
    },
  };
}

const MINUTE_MS = 60_000;

/** What was admitted within the last minute, by one process. Times are milliseconds of the monotonic clock. */
export interface MinuteLog {
  add(tokens: number, nowMs: number): { tokens: number };
  /** When another request fits into `limit` a minute; `nowMs` or before where it does now. */
  requestFitsAt(limit: number, nowMs: number): number;
  /** When so many more tokens fit; more than the limit itself fit when nothing else is in the minute. */
  tokensFitAt(limit: number, tokens: number, nowMs: number): number;
  count(nowMs: number): number;
}

export function createMinuteLog(): MinuteLog {
  let entries: { atMs: number; tokens: number }[] = [];

  function prune(nowMs: number) {
    const first = entries.findIndex(({ atMs }) => nowMs - atMs < MINUTE_MS);
    entries = first === -1 ? [] : entries.slice(first);
    return entries;
  }

  return {
    add(tokens, nowMs) {
      const entry = { atMs: nowMs, tokens };
      prune(nowMs).push(entry);
      return entry;
    },
    requestFitsAt(limit, nowMs) {
      const limiting = prune(nowMs).at(-limit);
      return limiting ? limiting.atMs + MINUTE_MS : nowMs;
    },
    tokensFitAt(limit, tokens, nowMs) {
      let excess = Math.min(tokens, limit) - limit;
      for (const entry of prune(nowMs)) excess += entry.tokens;
      for (const entry of entries) {
        if (excess <= 0) return nowMs;
        excess -= entry.tokens;
        if (excess <= 0) return entry.atMs + MINUTE_MS;
      }
      return nowMs;
    },
    count: (nowMs) => prune(nowMs).length,
  };
}

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
  /** Of the first that is within the minute. */
  let first = 0;

  function prune(nowMs: number) {
    for (let next = entries[first]; next && nowMs - next.atMs >= MINUTE_MS; next = entries[first]) first += 1;
    // Not one by one, which would copy a busy minute for every call.
    if (first <= entries.length / 2) return;
    entries = entries.slice(first);
    first = 0;
  }

  function count(nowMs: number) {
    prune(nowMs);
    return entries.length - first;
  }

  return {
    add(tokens, nowMs) {
      const entry = { atMs: nowMs, tokens };
      prune(nowMs);
      entries.push(entry);
      return entry;
    },
    requestFitsAt(limit, nowMs) {
      const limiting = count(nowMs) < limit ? undefined : entries.at(-limit);
      return limiting ? limiting.atMs + MINUTE_MS : nowMs;
    },
    tokensFitAt(limit, tokens, nowMs) {
      prune(nowMs);
      let excess = Math.min(tokens, limit) - limit;
      for (let index = first; index < entries.length; index += 1) excess += entries[index]?.tokens ?? 0;
      for (let index = first; index < entries.length && excess > 0; index += 1) {
        const entry = entries[index];
        excess -= entry?.tokens ?? 0;
        if (entry && excess <= 0) return entry.atMs + MINUTE_MS;
      }
      return nowMs;
    },
    count,
  };
}

import { toStart, WIDTH_MS } from './buckets.ts';
import type { TimeSpan } from './take-steps.ts';

/** Beyond this a window is mostly read by the day. */
const BY_HOUR_MS = WIDTH_MS.day;

/**
 * The buckets that make up a window that begins with a whole minute or hour: few of them, also of 30 days. A longer window
 * is read up to its first midnight (UTC) as it begins, from then on by the day.
 */
export function toSpans<W extends 'minute' | 'hour'>(
  windowMs: number,
  now: number,
  begin: W,
): [TimeSpan & { width: W | 'day' }, ...(TimeSpan & { width: W | 'day' })[]] {
  const from = toStart(begin, now - windowMs);
  const to = new Date(now);
  if (windowMs <= BY_HOUR_MS) return [{ width: begin, from, to }];
  const midnight = new Date(Math.ceil(from.getTime() / WIDTH_MS.day) * WIDTH_MS.day);
  return [
    { width: begin, from, to: midnight },
    { width: 'day', from: midnight, to },
  ];
}

/** Longer than any vendor's window; a server that asks for more must not put a provider away for good. */
const MAX_MS = 24 * 60 * 60 * 1_000;

/**
 * How long a response asks us to wait, in milliseconds, at most a day: `retry-after-ms`, or `Retry-After` as
 * seconds or as an HTTP date (RFC 9110, 10.2.3). Null where it does not say, or not in a form that is known. A date
 * is counted from the response's own, and from `nowMs` where it has none.
 */
export function parseRetryAfter(headers: Headers, nowMs: number): number | null {
  const ms = toWait(headers.get('retry-after-ms'), 1);
  if (ms !== null) return ms;
  const header = headers.get('retry-after');
  const fromSeconds = toWait(header, 1_000);
  if (fromSeconds !== null || header === null) return fromSeconds;
  const at = parseHttpDate(header);
  const sentAt = parseHttpDate(headers.get('date') ?? '');
  return Number.isNaN(at) ? null : bound(at - (Number.isNaN(sentAt) ? nowMs : sentAt));
}

/** Each of the three forms that a recipient must take (RFC 9110, 5.6.7); the oldest means GMT without saying so. */
function parseHttpDate(value: string): number {
  if (/^[A-Z][a-z]{2,8},/.test(value)) return Date.parse(value);
  return /^[A-Z][a-z]{2} [A-Z][a-z]{2} /.test(value) ? Date.parse(`${value} GMT`) : Number.NaN;
}

function toWait(value: string | null, unitMs: number): number | null {
  return value !== null && /^\s*\d+(\.\d+)?\s*$/.test(value) ? bound(Number(value) * unitMs) : null;
}

function bound(ms: number): number {
  return Math.min(Math.max(Math.ceil(ms), 0), MAX_MS);
}

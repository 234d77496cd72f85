import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { ErrorBody } from './error-body.ts';

const CONTEXT_LENGTH =
  /context[ _](length|window|size|limit)|prompt is too long|(input|prompt|request).{0,40}(too long|too large)|(too many|exceeds?.{0,40}) (input )?tokens|reduce the length/i;
const CONTENT =
  /content[_ -]?(policy|filter|management)|usage polic|responsible ?ai|moderation|flagged|safety system/i;
const QUOTA = /insufficient[_ ](quota|balance|credit|funds)|spend[_ ]limit|billing_(hard_limit|not_active)/i;
/** Not every vendor has a 401 for it. */
const KEY = /api[ _]key (not valid|not found|expired)|(incorrect|invalid) api[ _]key/i;
const BILLING = /credit balance|billing|usage limits?|payment required/i;

/** Where the words of an error name its cause better than its status does. The first that fits counts. */
const NAMED: { statuses: number[]; words: RegExp; kind: FaultKind }[] = [
  { statuses: [400], words: KEY, kind: 'unauthenticated' },
  { statuses: [400, 413, 422], words: CONTEXT_LENGTH, kind: 'context_length' },
  // One request over the tokens of a whole minute: waiting does not help it.
  { statuses: [429], words: /request too large/i, kind: 'context_length' },
  { statuses: [400, 403, 422], words: CONTENT, kind: 'content_filter' },
  { statuses: [400, 403, 429], words: QUOTA, kind: 'quota' },
  // Not at 429: there a plain rate limit may point to the billing page, too.
  { statuses: [400, 403], words: BILLING, kind: 'quota' },
  { statuses: [500, 502, 503, 504], words: /overload|(at|over) capacity/i, kind: 'overloaded' },
];

const BY_STATUS: Record<number, FaultKind> = {
  401: 'unauthenticated',
  402: 'quota',
  403: 'forbidden',
  408: 'server_error',
  413: 'context_length',
  425: 'server_error',
  429: 'rate_limited',
  529: 'overloaded',
};

/** What an error status means where a vendor has nothing of its own to say about it. */
export function toHttpFaultKind(status: number, code: string, evidence: string): FaultKind {
  const words = `${code}: ${evidence}`;
  const named = NAMED.find((entry) => entry.statuses.includes(status) && entry.words.test(words));
  if (named) return named.kind;
  if (status >= 500 || status < 400) return BY_STATUS[status] ?? 'server_error';
  return BY_STATUS[status] ?? 'bad_request';
}

/** A sentence on an error status, with the server's own words where it has some. */
export function describeStatus(status: number, { message }: ErrorBody): string {
  if (status >= 300 && status < 400) {
    return `The provider redirected the call (${status}), which is not followed; check its base URL.`;
  }
  return message ? `${status}: ${message}` : `The provider answered ${status} without a message.`;
}

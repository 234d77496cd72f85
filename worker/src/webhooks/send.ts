import type { Dispatcher } from 'undici';
import { parseRetryAfter } from '../net/retry-after.ts';
import { describeFailure, describeStatus } from './describe-failure.ts';

/** All that one try may take, to the answer's last byte. */
export const TRY_MS = 15_000;
/** Nobody needs more of an answer than its status; what is longer is left unread. */
const MAX_READ_BYTES = 64 * 1_024;

/** How one call of a receiver ended. */
export interface SendOutcome {
  ok: boolean;
  httpStatus: number | null;
  error: string | null;
  /** How long the receiver asks us to wait; null where it does not say. */
  retryAfterMs: number | null;
}

interface SendInput {
  url: string;
  headers: Record<string, string>;
  body: string;
  timeoutMs?: number;
}

/** Posts a message. Follows no redirect, and ends in time whatever the receiver does. Never throws. */
export async function sendMessage(
  dispatcher: Dispatcher,
  { url, headers, body, timeoutMs = TRY_MS }: SendInput,
): Promise<SendOutcome> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), timeoutMs);
  try {
    const { origin, pathname, search } = new URL(url);
    const response = await dispatcher.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Understudy-Webhooks', ...headers },
      body,
      signal: limit.signal,
    });
    await readSome(response.body, limit.signal);
    const { statusCode: httpStatus } = response;
    const ok = httpStatus >= 200 && httpStatus < 300;
    const error = ok ? null : describeStatus(httpStatus);
    return { ok, httpStatus, error, retryAfterMs: ok ? null : toRetryAfterMs(response.headers) };
  } catch (error) {
    const timedOut = limit.signal.aborted;
    return { ok: false, httpStatus: null, error: describeFailure(error, timedOut), retryAfterMs: null };
  } finally {
    clearTimeout(timer);
  }
}

/** Reads an answer to its end, or as far as it matters. */
async function readSome(body: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  let bytes = 0;
  for await (const chunk of body) {
    signal.throwIfAborted();
    bytes += chunk.byteLength;
    if (bytes > MAX_READ_BYTES) return;
  }
}

function toRetryAfterMs(headers: Record<string, string | string[] | undefined>): number | null {
  const { 'retry-after': value, date } = headers;
  if (typeof value !== 'string') return null;
  const sent = typeof date === 'string' ? { date } : {};
  return parseRetryAfter(new Headers({ 'retry-after': value, ...sent }), Date.now());
}

import type { Problem } from '../contracts/problem.ts';
import { ProblemError, UnreachableError } from './problem-error.ts';

export interface TransportOptions {
  /** Origin of the API without a trailing path, or `''` for the origin of the page. */
  baseUrl: string;
  /** Bearer token; without one the browser's session cookie is what signs in. */
  token?: string | undefined;
  fetch?: typeof fetch | undefined;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** A body that is not JSON. */
export interface Payload {
  type: string;
  data: string | ReadableStream<Uint8Array>;
  /** What was thrown while the data were made. */
  failure?: { error: unknown };
}

export interface RequestOptions<T = unknown> {
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as it is, in place of `body`. */
  payload?: Payload | undefined;
  /** Reads a good reply that is not JSON but what the header `Accept` asks for. */
  read?: ((response: Response) => T | Promise<T>) | undefined;
  query?: Readonly<Record<string, QueryValue>> | undefined;
  headers?: Readonly<Record<string, string | undefined>> | undefined;
  signal?: AbortSignal | undefined;
}

export interface Reply<T> {
  value: T;
  status: number;
  headers: Headers;
}

export type Transport = <T>(method: string, path: string, options?: RequestOptions<T>) => Promise<Reply<T>>;

/** What a reply holds, for a caller who needs nothing else of it. */
export async function valueOf<T>(reply: Promise<Reply<T>>): Promise<T> {
  return (await reply).value;
}

/**
 * The one place that talks HTTP. Replies are trusted to be of the contract's type, so that no schema has to be
 * loaded; any other reply is a `ProblemError`, none at all an `UnreachableError`. An abort is passed on as it
 * is, and so is what making the body threw.
 */
export function createTransport({ baseUrl, token, fetch: send = fetch }: TransportOptions): Transport {
  const origin = baseUrl.replace(/\/+$/, '');
  return async <T>(method: string, path: string, options: RequestOptions<T> = {}): Promise<Reply<T>> => {
    const { body, payload, read, query = {}, headers = {}, signal } = options;
    const init: RequestInit = { method, headers: toHeaders({ body, payload, token, headers }) };
    if (body !== undefined) init.body = JSON.stringify(body);
    // A stream as body needs `duplex`, which the browsers' types do not know.
    if (payload) Object.assign(init, { body: payload.data, duplex: 'half' });
    if (signal) init.signal = signal;
    let response: Response;
    let text: string;
    try {
      response = await send(origin + path + toQueryString(query), init);
      if (read && response.ok && isOfType(response, headers['Accept'])) {
        return { value: await read(response), status: response.status, headers: response.headers };
      }
      text = await response.text();
    } catch (error) {
      if (signal?.aborted) throw error;
      if (payload?.failure) throw payload.failure.error;
      throw new UnreachableError(error);
    }
    const value = parseJson(text);
    if (!response.ok) throw toProblemError(response, value);
    if (read || (text !== '' && value === undefined)) throw toProblemError(response, undefined);
    return { value: value as T, status: response.status, headers: response.headers };
  };
}

export function toHeaders(
  request: Pick<RequestOptions, 'body' | 'payload' | 'headers'> & { token: string | undefined },
): Headers {
  const headers = new Headers({ Accept: 'application/json' });
  if (request.token) headers.set('Authorization', `Bearer ${request.token}`);
  if (request.body !== undefined) headers.set('Content-Type', 'application/json');
  if (request.payload) headers.set('Content-Type', request.payload.type);
  for (const [name, value] of Object.entries(request.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  return headers;
}

export function toQueryString(query: Readonly<Record<string, QueryValue>>): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) parameters.set(key, typeof value === 'object' ? value.join(',') : String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}

/** Whether a reply is of the type that was asked for: a proxy in between may answer with a page of its own. */
export function isOfType({ headers }: Response, type: string | undefined): boolean {
  return type !== undefined && headers.get('Content-Type')?.split(';')[0]?.trim().toLowerCase() === type;
}

export function parseJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function toProblemError(response: Response, body: unknown): ProblemError {
  const context = {
    requestId: response.headers.get('X-Request-Id'),
    retryAfterMs: toRetryAfterMs(response.headers.get('Retry-After')),
  };
  if (isProblem(body)) {
    return new ProblemError(body, { ...context, requestId: body.requestId ?? context.requestId });
  }
  // A proxy in between answers in its own words, often in HTML.
  const detail = `The reply (HTTP ${response.status}) was not one of Understudy's.`;
  return new ProblemError({ status: response.status, code: 'unexpected_reply', detail }, context);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'code' in body && 'detail' in body && 'status' in body;
}

/** `Retry-After` in either of its forms (RFC 9110 §10.2.3), in milliseconds from now. */
export function toRetryAfterMs(value: string | null, now: number = Date.now()): number | null {
  if (value === null || value.trim() === '') return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

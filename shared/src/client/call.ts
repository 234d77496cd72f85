import type { Reply, RequestOptions } from './transport.ts';

/** What every call takes: a signal that gives it up. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
}

export interface GuardedCall extends CallOptions {
  /** The `etag` of what was read: the change is refused (412 `stale`) if somebody made another since. */
  ifMatch?: string | null | undefined;
}

export interface WaitingCall extends CallOptions {
  /** How long the API may hold the reply until there is an end to tell of, 1 to 60 seconds. */
  waitSeconds?: number | undefined;
}

type RequestHeaders = NonNullable<RequestOptions['headers']>;

export function toIfMatch(etag: GuardedCall['ifMatch']): RequestHeaders {
  return { 'If-Match': etag ?? undefined };
}

/** RFC 7240 `wait`. */
export function toPrefer(waitSeconds: WaitingCall['waitSeconds']): RequestHeaders {
  return { Prefer: waitSeconds === undefined ? undefined : `wait=${waitSeconds}` };
}

/** What a reply holds, by its name, with the tag of its revision, for a guarded change. */
export async function toEtagged<K extends string, T>(
  name: K,
  reply: Promise<Reply<T>>,
): Promise<Record<K, T> & { etag: string | null }> {
  const { value, headers } = await reply;
  return { [name]: value, etag: headers.get('ETag') } as Record<K, T> & { etag: string | null };
}

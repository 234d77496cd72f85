import type { ReplyHeader, RequestHeader } from '../http/route.ts';
import type { Parameters, ResponseHeaders } from './types.ts';

const REQUEST_HEADERS: Record<RequestHeader, string> = {
  'Idempotency-Key': '1-255 of printable ASCII. The same key and body again give the same job or batch.',
  Prefer: '`wait=N`: how many seconds, 1 to 60, the reply may be held back for the result.',
  'If-Match': 'The ETag that the resource was read with: refused where it changed since.',
  'Last-Event-ID': 'The id of the last event that was received: what came after it is told first.',
};

type Header = ReplyHeader | 'WWW-Authenticate' | 'X-Request-Id';

/** What each header of a reply says, and whether it is always there where it is named. */
const REPLY_HEADERS: Record<Header, { description: string; required: boolean }> = {
  'X-Request-Id': { description: 'The id of the request: the caller’s, or one made here.', required: true },
  ETag: { description: 'A strong tag of the revision.', required: true },
  Location: { description: 'Where the resource is read.', required: true },
  'Set-Cookie': { description: 'The session cookie.', required: true },
  'WWW-Authenticate': { description: '`Bearer`.', required: true },
  'Retry-After': { description: 'Seconds to wait before a repeat.', required: true },
  'Preference-Applied': { description: 'The wait that was granted.', required: false },
  'Understudy-Row-Limit': { description: 'Of a CSV file: how many rows it may have.', required: false },
  'Idempotent-Replayed': { description: '`true` where the key was used before.', required: false },
};

/** The header parameters of an operation. */
export function toHeaderParameters(names: readonly RequestHeader[]): Parameters {
  return names.map((name) => ({
    in: 'header',
    name,
    description: REQUEST_HEADERS[name],
    schema: { type: 'string' },
  }));
}

/** Every header that a reply may have, by name: what `toHeaderReferences` refers to. */
export const HEADER_COMPONENTS: ResponseHeaders = Object.fromEntries(
  Object.entries(REPLY_HEADERS).map(([name, header]) => [
    name,
    { ...header, schema: { type: 'string' as const } },
  ]),
);

/** The headers of a reply; every reply has its request id. */
export function toHeaderReferences(names: readonly Header[]): ResponseHeaders {
  return Object.fromEntries(
    (['X-Request-Id', ...names] as const).map((name) => [name, { $ref: `#/components/headers/${name}` }]),
  );
}

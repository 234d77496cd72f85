import type { ServerResponse } from 'node:http';
import type { Scope } from '@understudy/shared/contracts/scope';
import type { ProblemCode } from '@understudy/shared/errors';
import type * as z from 'zod';
import type { Context } from '../context.ts';
import type { Upload } from './upload.ts';
import type { Viewer } from './viewer.ts';

export type Schema = z.core.$ZodType;
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request as a row's handler sees it: parsed, and allowed to be here. */
export interface Call<Params = unknown, Query = unknown, Body = unknown> {
  viewer: Viewer;
  params: Params;
  query: Query;
  body: Body;
  requestId: string;
  /** The caller's network address, as the trusted proxies tell it. */
  address: string;
  /** The session cookie's value, where one was sent. */
  cookie: string | null;
  header(name: string): string | undefined;
  /** Which of these media types the caller accepts most, the first among equals; false for none of them. */
  accepts(types: string[]): string | false;
  /** The body as it arrives, for a row that reads its own. */
  upload: Upload | null;
  /** Aborted when the caller is gone, or may be here no more. */
  signal: AbortSignal;
}

/** What a row takes as an upload of one media type. */
interface UploadSpec {
  /** Of the whole body, or of each line where the type has lines. */
  schema: Schema;
  /** In bytes, of the whole body. */
  limit: number;
}

export interface Reply {
  status: number;
  /** Sent as JSON; absent for an empty reply. */
  body?: unknown;
  /** Sent in place of `body`, as it is. */
  text?: { type: string; content: string };
  /** Sent in place of `body`, no faster than the caller reads. */
  stream?: ReplyStream;
  /**
   * In place of all of these: writes the reply bit by bit behind its headers, which go out at once, ends it, at the latest when
   * the call's signal aborts, and resolves when it is over.
   */
  live?: (res: ServerResponse) => Promise<void>;
  headers?: Record<string, string>;
}

/** A reply that is made while it is sent. */
interface ReplyStream {
  /** The media type. */
  type: string;
  /**
   * The first chunk is awaited before the headers are sent, so that a failure until then is a problem like any other;
   * one after it cuts the connection. It is told to end (`return`) when the caller is gone.
   */
  chunks: AsyncIterable<string | Uint8Array>;
}

/** One kind of reply that a row may give. */
interface ReplySpec {
  description: string;
  /** Of the body, or of each line where its type has lines. */
  schema?: Schema;
  /** Of a reply that is text or streamed; `application/json` where absent. */
  type?: string;
  /** By media type: what the same reply is to callers who accept that rather. */
  otherTypes?: Readonly<Record<string, Schema>>;
  /** One reply, where the schema has no example of its own. */
  example?: unknown;
  headers?: readonly ReplyHeader[];
}

export type RequestHeader = 'Idempotency-Key' | 'Prefer' | 'If-Match' | 'Last-Event-ID';
export type ReplyHeader =
  | 'ETag'
  | 'Location'
  | 'Preference-Applied'
  | 'Idempotent-Replayed'
  | 'Set-Cookie'
  | 'RateLimit-Policy'
  | 'RateLimit'
  | 'Retry-After'
  | 'Content-Disposition'
  | 'Understudy-Row-Limit';

type Parsed<S extends Schema | undefined> = S extends Schema ? z.core.output<S> : undefined;

interface Row<P extends Schema | undefined, Q extends Schema | undefined, B extends Schema | undefined> {
  /** Unique; the operation's id in the OpenAPI document. */
  id: string;
  method: Method;
  /** With `:name` for a part that varies. */
  path: string;
  summary: string;
  description?: string;
  /** The scope it needs, `signed-in` for any, `public` for none. */
  access: Scope | 'signed-in' | 'public';
  /** METRICS_TOKEN will do instead. */
  orMetricsToken?: boolean;
  params?: P;
  query?: Q;
  body?: B;
  /** By media type, in place of `body`: the handler reads the body itself, as it arrives. */
  upload?: Readonly<Record<string, UploadSpec>>;
  /** A body, where the schema has no example of its own. */
  example?: unknown;
  /** A missing body is taken as `{}`. */
  bodyOptional?: boolean;
  /** In bytes; 1 MiB where absent. */
  bodyLimit?: number;
  headers?: readonly RequestHeader[];
  /** Though public, it is refused to other sites' pages. */
  ownOrigin?: boolean;
  replies: Record<number, ReplySpec>;
  /** Error codes beyond those that every row of its kind may answer. */
  problems?: readonly ProblemCode[];
  /** It may take longer than the ledger's 3 s, and bounds its own calls to the ledger. */
  waits?: boolean;
  /**
   * What it accepted or did stands, also where its caller loses its right meanwhile: the work, which was told to leave,
   * says what came of it.
   */
  accepts?: boolean;
  handle: (ctx: Context, call: Call<Parsed<P>, Parsed<Q>, Parsed<B>>) => Promise<Reply>;
}

/** A row of the route table. */
export type Route = Omit<Row<Schema | undefined, Schema | undefined, Schema | undefined>, 'handle'> & {
  handle: (ctx: Context, call: Call<never, never, never>) => Promise<Reply>;
};

/** Declares a row; its handler's call is typed by the row's schemas. */
export function route<
  P extends Schema | undefined = undefined,
  Q extends Schema | undefined = undefined,
  B extends Schema | undefined = undefined,
>(row: Row<P, Q, B>): Route {
  return row as Route;
}

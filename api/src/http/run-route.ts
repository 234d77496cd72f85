import { NotFoundError, StoreUnavailableError } from '@understudy/shared/errors';
import { isMetricsToken } from '@understudy/shared/runtime/metrics-token';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import * as z from 'zod';
import type { Context } from '../context.ts';
import { inStoreTime } from '../in-store-time.ts';
import { admit, reauthorise } from './admit.ts';
import { toSessionCookie } from './authenticate.ts';
import { assertOwnOrigin } from './origin.ts';
import { parseInput, toBodyPointer, toQueryPointer } from './parse-input.ts';
import { PROBLEM_TYPE, toAppError, toProblem } from './problem.ts';
import { createBodyReader } from './read-body.ts';
import { readUpload } from './read-upload.ts';
import { toRequestId } from './request-id.ts';
import { cutReply, markLive } from './reply-end.ts';
import type { Call, Reply, Route } from './route.ts';
import type { Upload } from './upload.ts';
import { sendStream } from './send-stream.ts';
import { handOnWhileHere, whileAllowed, type Reauthorise } from './while-allowed.ts';
import { ANONYMOUS } from './viewer.ts';

const NO_QUERY = z.strictObject({});

/** Runs one row: who, where, what; then its handler; then its reply. Whatever is thrown becomes a problem. */
export function runRoute(row: Route, ctx: Context): RequestHandler {
  const readBody = createBodyReader(row);
  const takesKey = row.headers?.includes('Idempotency-Key') === true;
  return async (req, res) => {
    try {
      await run(req, res);
    } catch (error) {
      throw takesKey ? nameKey(error) : error;
    }
  };

  async function run(req: Request, res: Response): Promise<void> {
    const gone = new AbortController();
    const leave = (refusal?: Error) => gone.abort(refusal);
    res.once('close', () => leave());
    const isScraper =
      row.orMetricsToken && isMetricsToken(ctx.config.METRICS_TOKEN, req.headers.authorization);
    const viewer = isScraper ? ANONYMOUS : await inStoreTime(admit(ctx, req, res, row.access));
    const askAgain = () => reauthorise(ctx, req, row.access);
    if (row.ownOrigin) assertOwnOrigin(req, ctx.config.PUBLIC_URL, { required: false });
    const params = parseParams(row, req);
    const query = parseInput(row.query ?? NO_QUERY, req.query, toQueryPointer);
    const body = row.body && parseInput(row.body, await readBody(req, res), toBodyPointer);
    const call: Call = {
      viewer,
      params,
      query,
      body,
      upload: row.upload ? watch(readUpload(row.upload, req), gone.signal) : null,
      requestId: toRequestId(req),
      address: req.ip ?? 'unknown',
      cookie: toSessionCookie(ctx).read(req),
      header: (name) => req.get(name),
      accepts: (types) => req.accepts(types),
      signal: gone.signal,
    };
    const work = row.handle(
      { ...ctx, logger: ctx.logger.child({ requestId: call.requestId }) },
      call as Call<never, never, never>,
    );
    const wait = () => {
      const waiting = whileAllowed(work, askAgain, leave);
      // It is either accepted or refused: the work, which was told to leave, knows which.
      return row.accepts ? waiting.catch(() => work) : waiting;
    };
    const reply = await (row.waits ? wait() : inStoreTime(work));
    if (!reply.live) return sendReply(req, res, reply, askAgain);
    const telling = sendLive(req, res, reply, reply.live);
    // Its end is all that is told to one who may be here no more.
    await whileAllowed(telling, askAgain, leave).catch(() => telling);
  }
}

/** Where a row takes a key, repeating with it makes sure of what was not confirmed. */
function nameKey(error: unknown): unknown {
  const known = toAppError(error);
  if (!(known instanceof StoreUnavailableError)) return error;
  return new StoreUnavailableError(known.cause, 'Repeat with the same Idempotency-Key.');
}

/** Answers what a handler threw; what is not the caller's fault is logged whole. */
export function createProblemHandler({ logger }: Pick<Context, 'logger'>) {
  // Express knows an error handler by its four parameters.
  return (error: unknown, req: Request, res: Response, _next: NextFunction) => {
    const { problem, headers } = toProblem(error, {
      instance: req.originalUrl.split('?', 1)[0] ?? '/',
      requestId: toRequestId(req),
    });
    if (problem.status >= 500) {
      const { cause, code } = toAppError(error);
      // That a store is away is logged once, and by the status of each request.
      logger[code === 'store_unavailable' ? 'debug' : 'error'](
        { err: cause ?? error, requestId: problem.requestId },
        `answering ${problem.code}`,
      );
    }
    if (res.headersSent) return cutReply(res, { isOurFault: problem.status >= 500 });
    send(res, problem.status, { ...headers, 'Content-Type': PROBLEM_TYPE }, JSON.stringify(problem));
  };
}

function watch(upload: Upload, signal: AbortSignal): Upload {
  return { type: upload.type, chunks: handOnWhileHere(upload.chunks, signal) };
}

/** A part of a path that no id or name can be names nothing. */
function parseParams(row: Route, req: Request): unknown {
  const parsed = row.params ? z.core.safeParse(row.params, req.params) : null;
  if (parsed?.success === false) throw new NotFoundError('not_found', 'There is nothing here.');
  return parsed?.data;
}

async function sendReply(req: Request, res: Response, reply: Reply, askAgain: Reauthorise): Promise<void> {
  const { status, body, text, stream, headers = {} } = reply;
  if (stream) {
    const { type, chunks } = stream;
    const begin = () => writeHead(res, status, { 'Content-Type': type, ...headers });
    const sending = sendStream(res, chunks, { begin, isHead: req.method === 'HEAD' });
    return whileAllowed(sending, askAgain, () => res.headersSent && res.destroy());
  }
  if (text) return send(res, status, { 'Content-Type': text.type, ...headers }, text.content);
  if (body === undefined) return send(res, status, headers, null);
  send(res, status, { 'Content-Type': 'application/json; charset=utf-8', ...headers }, JSON.stringify(body));
}

/** The headers go out at once; nothing in between is to hold back or change what comes after them. */
async function sendLive(
  req: Request,
  res: Response,
  { status, headers = {} }: Reply,
  live: NonNullable<Reply['live']>,
): Promise<void> {
  res.statusCode = status;
  const unbuffered = { 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' };
  for (const [name, value] of Object.entries({ ...unbuffered, ...headers })) res.setHeader(name, value);
  if (req.method === 'HEAD') return void res.end();
  markLive(res);
  res.flushHeaders();
  await live(res);
}

/** Written here and not by `res.json`, which makes weak ETags and answers 304 by them. */
function send(res: Response, status: number, headers: Record<string, string>, payload: string | null): void {
  writeHead(res, status, headers);
  if (payload !== null) res.setHeader('Content-Length', Buffer.byteLength(payload));
  res.end(payload ?? undefined);
}

function writeHead(res: Response, status: number, headers: Record<string, string>): void {
  res.statusCode = status;
  res.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
}

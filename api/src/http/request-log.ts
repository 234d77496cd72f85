import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Request } from 'express';
import { pinoHttp } from 'pino-http';

/** Routes that are asked every few seconds by machines. */
const QUIET = new Set(['/healthz', '/readyz']);

/** One line per request: method, route, status, milliseconds, id. No query, header or body, which may hold texts. */
export function createRequestLog(logger: Logger) {
  return pinoHttp<Request>({
    logger,
    quietReqLogger: true,
    // Of its own accord it would log the whole request.
    serializers: { req: () => undefined, res: () => undefined },
    genReqId: (req) => req.id,
    customAttributeKeys: { reqId: 'requestId', responseTime: 'ms' },
    customLogLevel: (req, res, error) => {
      if (error || res.statusCode >= 500) return 'error';
      return QUIET.has(toRoute(req)) ? 'debug' : 'info';
    },
    customSuccessObject: toLine,
    customErrorObject: toLine,
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'failed',
  });
}

/** pino-http hands over its own object with the raw request in it; only these few fields of it are logged. */
function toLine(req: IncomingMessage, res: ServerResponse, ...rest: unknown[]): object {
  const { ms } = rest.at(-1) as { ms?: number };
  return { method: req.method, route: toRoute(req as Request), status: res.statusCode, ms };
}

/** The pattern of the matched route: a path can hold anything that a caller typed. */
function toRoute(req: Request): string {
  const route = req.route as { path?: unknown } | undefined;
  if (typeof route?.path === 'string') return route.path;
  return req.originalUrl.startsWith('/api') ? '/api/*' : '/*';
}

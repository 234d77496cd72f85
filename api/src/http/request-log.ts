import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Request, Response } from 'express';
import { pinoHttp } from 'pino-http';
import { toAbout } from './about.ts';
import { toReplyEnd } from './reply-end.ts';
import { toRouteLabel } from './route-label.ts';

/** Routes that are asked every few seconds by machines. */
const QUIET = new Set(['/healthz', '/readyz', '/metrics']);

/** One line per request: method, route, status, milliseconds, ids. No query, header or body, which may hold texts. */
export function createRequestLog(logger: Logger) {
  return pinoHttp<Request>({
    logger,
    quietReqLogger: true,
    // Of its own accord it would log the whole request.
    serializers: { req: () => undefined, res: () => undefined },
    genReqId: (req) => req.id,
    customAttributeKeys: { reqId: 'requestId', responseTime: 'ms' },
    customLogLevel: (req, res, error) => {
      if (error || toReplyEnd(res as Response).isOurFault) return 'error';
      return QUIET.has(toRouteLabel(req)) ? 'debug' : 'info';
    },
    customSuccessObject: toLine,
    customErrorObject: toLine,
    customSuccessMessage: (_req, res) => toMessage(res),
    customErrorMessage: () => 'failed',
  });
}

function toMessage(res: ServerResponse): string {
  const { status, isOurFault } = toReplyEnd(res as Response);
  if (isOurFault) return 'failed';
  return status === null ? 'aborted' : 'answered';
}

/** pino-http hands over its own object with the raw request in it; only these few fields of it are logged. */
function toLine(req: IncomingMessage, res: ServerResponse, ...rest: unknown[]): object {
  const { ms } = rest.at(-1) as { ms?: number };
  const about = toAbout(req as Request, res as Response);
  const status = toReplyEnd(res as Response).status ?? undefined;
  return { method: req.method, route: toRouteLabel(req as Request), status, ms, ...about };
}

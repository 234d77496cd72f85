import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { toAbout } from './about.ts';
import { toReplyEnd } from './reply-end.ts';
import { toRequestId } from './request-id.ts';
import { toRouteLabel } from './route-label.ts';

/** Open for as long as somebody listens, which is no request to be measured. */
const EVENTS = '/api/events';

/**
 * A span for each request of the API, which goes on from the caller's `traceparent` and is the active one in all that
 * the request does. Probes and the console's files have none.
 */
export function createRequestTrace(tracing: Tracing): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    if (!req.path.startsWith('/api/') || req.path === EVENTS) return next();
    const span = tracing.start({
      name: req.method,
      kind: 'server',
      parent: req.get('traceparent') ?? null,
      attributes: { 'http.request.method': req.method, 'understudy.request.id': toRequestId(req) },
    });
    // Also the line in the log that is written when the reply is out.
    tracing.bind(span, res);
    res.once('close', () => {
      const route = toRouteLabel(req);
      span.rename(`${req.method} ${route}`);
      const { jobId, batchId } = toAbout(req, res);
      const { status, isOurFault } = toReplyEnd(res);
      span.set({
        'http.route': route,
        ...(status !== null && { 'http.response.status_code': status }),
        ...(jobId && { 'understudy.job.id': jobId }),
        ...(batchId && { 'understudy.batch.id': batchId }),
      });
      if (isOurFault) span.fail(String(status ?? 'aborted'));
      span.end();
    });
    tracing.within(span, next);
  };
}

import express, { type Express } from 'express';
import { createBoard } from './board.ts';
import { createConsole } from './console.ts';
import type { Context } from './context.ts';
import { mountRoutes } from './http/mount-routes.ts';
import { assignRequestId } from './http/request-id.ts';
import { createRequestLog } from './http/request-log.ts';
import { createProblemHandler } from './http/run-route.ts';
import { refuseMalformed } from './http/refuse-malformed.ts';
import { refusePath } from './http/refuse-path.ts';
import { createSecurityHeaders } from './http/security-headers.ts';
import { createRequestTrace } from './http/trace-request.ts';
import { routes } from './routes/routes.ts';

/** The whole HTTP surface: API by the route table, Bull Board, and the console for everything else. */
export function createApp(ctx: Context, consoleFolder?: string): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing');
  app.set('trust proxy', ctx.config.TRUST_PROXY).set('query parser', 'simple');
  app.use(
    ctx.metrics.observe,
    assignRequestId,
    ...(ctx.tracing ? [createRequestTrace(ctx.tracing)] : []),
    createRequestLog(ctx.logger),
    ...createSecurityHeaders(ctx.config),
  );
  app.use(refuseMalformed);
  app.use(mountRoutes(routes, ctx));
  app.use('/api', refusePath);
  app.use('/admin/queues', createBoard(ctx));
  app.use(createConsole(consoleFolder));
  app.use(createProblemHandler(ctx));
  return app;
}

import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { ExpressAdapter } from '@bull-board/express';
import { AppError, UnauthenticatedError } from '@understudy/shared/errors';
import { Router, type RequestHandler } from 'express';
import type { Context } from './context.ts';
import { admit } from './http/admit.ts';
import { createContentPolicy } from './http/security-headers.ts';
import { inStoreTime } from './in-store-time.ts';

const BOARD_PATH = '/admin/queues';

const own = ["'self'"];
/** The board sets styles on its elements; everything else it loads from here. */
const POLICY = {
  'script-src': own,
  'style-src': [...own, "'unsafe-inline'"],
  'img-src': [...own, 'data:'],
  'font-src': own,
  'connect-src': own,
  'base-uri': own,
};
/** The board's page asks a font service for its type face; nothing of ours loads anything from elsewhere. */
const FOREIGN_LINK = /<link[^>]+href="https?:\/\/[^>]*>/g;

/** Bull Board behind the console's login, for administrators, read-only: its buttons would fight the ledger. */
export function createBoard(ctx: Context): Router {
  const adapter = new ExpressAdapter();
  adapter.setBasePath(BOARD_PATH);
  createBullBoard({
    queues: Object.values(ctx.producer.queues).map(
      (queue) => new BullMQAdapter(queue, { readOnlyMode: true, allowRetries: false }),
    ),
    serverAdapter: adapter,
    options: { uiConfig: { boardTitle: 'Understudy queues', hideRedisDetails: true } },
  });
  const app = adapter.getRouter().disable('x-powered-by');
  return Router().use(
    createContentPolicy(POLICY),
    notKept,
    requireAdmin(ctx),
    readOnly,
    withoutForeignLinks,
    app,
  );
}

/** A browser that is not signed in is led to the login, everybody else is told so. */
function requireAdmin(ctx: Context): RequestHandler {
  return async (req, res, next) => {
    try {
      await inStoreTime(admit(ctx, req, res, 'admin'));
      next();
    } catch (error) {
      const isBrowser = req.method === 'GET' && (req.headers.accept ?? '').includes('text/html');
      if (!(error instanceof UnauthenticatedError) || !isBrowser) return next(error);
      res.redirect(302, `/login?next=${encodeURIComponent(BOARD_PATH)}`);
    }
  };
}

/** What it shows is for whoever is signed in now; its files are the same for all. */
const notKept: RequestHandler = (req, res, next) => {
  if (!req.path.startsWith('/static/')) res.setHeader('Cache-Control', 'no-store');
  next();
};

const readOnly: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next();
  throw new AppError('method_not_allowed', 'The board is read-only.', { details: { allow: 'GET, HEAD' } });
};

const withoutForeignLinks: RequestHandler = (_req, res, next) => {
  const send = res.send.bind(res);
  res.send = (body: unknown) => send(typeof body === 'string' ? body.replace(FOREIGN_LINK, '') : body);
  next();
};

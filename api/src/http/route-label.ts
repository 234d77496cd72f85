import type { Request } from 'express';

const BOARD = '/admin/queues';

/** The pattern of the matched route, for logs and metrics: a path can hold anything that a caller typed. */
export function toRouteLabel(req: Request): string {
  const { originalUrl } = req;
  if (originalUrl === BOARD || originalUrl.startsWith(`${BOARD}/`)) return `${BOARD}/*`;
  const route = req.route as { path?: unknown } | undefined;
  if (typeof route?.path === 'string') return route.path;
  return originalUrl.startsWith('/api') ? '/api/*' : '/*';
}

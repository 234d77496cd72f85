import { AppError, NotFoundError, ValidationError } from '@understudy/shared/errors';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import helmet from 'helmet';
import type { ApiConfig } from '../config.ts';

/** Headers of every reply; the API's own replies need nothing, the console and the board allow what they need. */
export function createSecurityHeaders({ PUBLIC_URL }: Pick<ApiConfig, 'PUBLIC_URL'>): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: false,
      strictTransportSecurity: PUBLIC_URL?.startsWith('https:') ?? false,
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }),
    createContentPolicy({}),
  ];
}

/** Sends a policy of nothing but what `directives` name. */
export function createContentPolicy(directives: Record<string, string[]>): RequestHandler {
  const policy = toContentPolicy(directives);
  return (_req, res, next) => {
    res.setHeader('Content-Security-Policy', policy);
    next();
  };
}

/** A Content-Security-Policy of nothing but what `directives` name. */
export function toContentPolicy(directives: Record<string, string[]>): string {
  const none = ["'none'"];
  const all = {
    'default-src': none,
    'base-uri': none,
    'form-action': none,
    'frame-ancestors': none,
    ...directives,
  };
  return Object.entries(all)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

/** Of a name or an address, perhaps with a port (RFC 9110 §7.2); `~` and `%` stand in no name of ours. */
const HOST = /^[\w.:[\]-]*$/;

/**
 * Refuses a request before anybody works on it: with two hosts, or one that is no host (RFC 9112 §3.2); with a path
 * that is no text or has a NUL in it, which names nothing; with a query that is no text.
 */
export function refuseMalformed(req: Request, _res: Response, next: NextFunction): void {
  const hosts = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length > 1 || !HOST.test(req.headers.host ?? '')) {
    throw new AppError('malformed_request', 'The Host header must name one host.');
  }
  if (decode(req.path)?.includes('\0') !== false) {
    throw new NotFoundError('not_found', 'There is no such path.');
  }
  const [, ...query] = req.originalUrl.split('?');
  if (decode(query.join('?')) === null) {
    throw new ValidationError([
      { pointer: '?', detail: 'is not valid percent-encoded UTF-8', code: 'invalid_format' },
    ]);
  }
  next();
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

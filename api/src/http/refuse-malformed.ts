import { AppError, ValidationError } from '@understudy/shared/errors';
import type { NextFunction, Request, Response } from 'express';
import { refusePath } from './refuse-path.ts';

/** Of a name or an address, perhaps with a port (RFC 9110 §7.2); `~` and `%` stand in no name of ours. */
const HOST = /^[\w.:[\]-]*$/;

/**
 * Refuses a request before anybody works on it: without a host, with two, or with one that is none (RFC 9112 §3.2); with a path
 * that is no text or has a NUL in it, which names nothing; with a query that is no text.
 */
export function refuseMalformed(req: Request, _res: Response, next: NextFunction): void {
  const hosts = req.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const isMissing = hosts.length === 0 && req.httpVersion === '1.1';
  if (isMissing || hosts.length > 1 || !HOST.test(req.headers.host ?? '')) {
    throw new AppError('malformed_request', 'The Host header must name one host.');
  }
  if (decode(req.path)?.includes('\0') !== false) refusePath();
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

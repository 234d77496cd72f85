import { AppError, UnauthenticatedError } from '@understudy/shared/errors';
import { toBearer } from '@understudy/shared/net/to-bearer';
import type { Request } from 'express';
import type { Context } from '../context.ts';
import { createSessionCookie, type SessionCookie } from './cookies.ts';
import { assertOwnOrigin, isSafe } from './origin.ts';
import type { Viewer } from './viewer.ts';

/** With the store away, the last known tokens serve for this long. */
const MAX_STALE_MS = 30_000;
const NOBODY = 'Send a bearer token, or sign in.';

/** The cookie of a service with this configuration. */
export function toSessionCookie({ config }: Pick<Context, 'config'>): SessionCookie {
  return createSessionCookie({ secure: config.PUBLIC_URL?.startsWith('https:') ?? false });
}

/**
 * Who makes this request, by bearer token or else by session cookie. Whether a token is unknown, revoked or expired is
 * not told. @throws {UnauthenticatedError} where nobody is signed in; {AppError} `forbidden` for a change from another site.
 */
export async function authenticate(ctx: Context, req: Request): Promise<Viewer> {
  if (ctx.watcher.ageMs() > MAX_STALE_MS) {
    throw new AppError('store_unavailable', 'Whether this token is still good cannot be told now.', {
      retryable: true,
    });
  }
  const { authorization } = req.headers;
  if (authorization !== undefined) {
    const value = toBearer(authorization);
    if (value === null) throw new UnauthenticatedError(NOBODY);
    const viewer = ctx.tokens.find(value);
    if (!viewer) throw new UnauthenticatedError('The bearer token is not valid.');
    return viewer;
  }
  const cookie = toSessionCookie(ctx).read(req);
  const viewer = cookie === null ? null : await ctx.sessions.find(cookie);
  if (!viewer) throw new UnauthenticatedError(NOBODY);
  if (!isSafe(req)) assertOwnOrigin(req, ctx.config.PUBLIC_URL, { required: true });
  return viewer;
}

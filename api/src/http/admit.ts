import { coversScope } from '@understudy/shared/contracts/scope';
import { ForbiddenError, UnauthenticatedError } from '@understudy/shared/errors';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import { authenticate, toSessionCookie } from './authenticate.ts';
import type { Route } from './route.ts';
import { ANONYMOUS, type Viewer } from './viewer.ts';

/**
 * Lets a request in, once: who makes it, what the token's limit leaves (told in the reply, whatever it will be), and whether
 * the scopes allow it.
 * @throws {UnauthenticatedError}, {ForbiddenError} naming a missing scope, {RateLimitedError}, or what `authenticate` throws.
 */
export async function admit(
  ctx: Context,
  req: Request,
  res: Response,
  access: Route['access'],
): Promise<Viewer> {
  if (access === 'public') return ANONYMOUS;
  const viewer = await identify(ctx, req);
  const { tokenId } = viewer.actor;
  if (tokenId !== null) ctx.tokenUses.note(tokenId);
  const headers = await ctx.tokenLimiter.admit(viewer);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  return assertScope(viewer, access);
}

/** Asks again whether the caller may be here; counts nothing. @throws what a new request would be refused with. */
export async function reauthorise(ctx: Context, req: Request, access: Route['access']): Promise<Viewer> {
  if (access === 'public') return ANONYMOUS;
  return assertScope(await authenticate(ctx, req), access);
}

/** Counts wrong credentials by address. The ledger is not asked about cookies of one that sends too many of them. */
async function identify(ctx: Context, req: Request): Promise<Viewer> {
  const address = req.ip ?? 'unknown';
  const isBearer = req.headers.authorization !== undefined;
  const cookie = isBearer ? null : toSessionCookie(ctx).read(req);
  if (cookie !== null && !ctx.sessions.isKnown(cookie)) ctx.failedCredentials.assertBelow(address);
  try {
    return await authenticate(ctx, req);
  } catch (error) {
    const isWrong = error instanceof UnauthenticatedError && (isBearer || cookie !== null);
    if (isWrong) await ctx.failedCredentials.count(address);
    throw error;
  }
}

function assertScope(viewer: Viewer, access: Exclude<Route['access'], 'public'>): Viewer {
  if (access !== 'signed-in' && !coversScope(viewer.scopes, access)) throw new ForbiddenError(access);
  return viewer;
}

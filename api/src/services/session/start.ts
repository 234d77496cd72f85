import { randomBytes } from 'node:crypto';
import type { Session, SessionInput } from '@understudy/shared/contracts/session';
import { UnauthenticatedError } from '@understudy/shared/errors';
import { toAddressBlock } from '@understudy/shared/net/to-address-block';
import { useLoginLink } from '@understudy/shared/store/login-links/create-login-link';
import { toSecretHash } from '@understudy/shared/store/secret-hash';
import { createSession } from '@understudy/shared/store/sessions/sessions';
import type { Context } from '../../context.ts';
import type { Viewer } from '../../http/viewer.ts';
import { endSession } from './end.ts';
import { noteSession } from './note.ts';

const VALID_MS = 12 * 3_600_000;

interface Started {
  session: Session;
  /** The cookie's value, which is stored nowhere. */
  value: string;
  expiresAt: Date;
  /** What is left of the token's limit, as headers. */
  standing: Readonly<Record<string, string>>;
}

/** Whoever holds a login link can read the installation's files: its operator. */
const OPERATOR: Viewer = {
  client: 'default',
  scopes: ['admin'],
  actor: { tokenId: null, name: 'operator' },
  expiresAt: null,
  requestsPerMinute: null,
};

/**
 * Trades a token, or the code of a one-time link, for a session of at most 12 h; the one of `replaces`, the cookie that came
 * along, ends.
 * @throws {UnauthenticatedError} where it is not good; {RateLimitedError} after too many such tries, beyond the token's own
 * limit, and where it signs in too often.
 */
export async function startSession(
  ctx: Context,
  {
    input,
    address,
    requestId,
    replaces,
  }: { input: SessionInput; address: string; requestId: string; replaces: string | null },
): Promise<Started> {
  await ctx.loginLimiter.admit(address);
  const viewer = await toViewer(ctx, input);
  if (!viewer) {
    ctx.logger.info({ address: toAddressBlock(address) }, 'a login failed');
    throw new UnauthenticatedError(
      'code' in input ? 'The link was used before, or is too old.' : 'The token is not valid.',
    );
  }
  await ctx.loginLimiter.forgive(address);
  const standing = await ctx.tokenLimiter.admit(viewer);
  await ctx.loginLimiter.admitHolder(viewer.actor);
  // Whoever signs in anew has one session, with a value that nobody can have known before.
  if (replaces !== null) await endSession(ctx, { viewer, requestId, value: replaces });
  const value = randomBytes(32).toString('base64url');
  const now = ctx.clock.now();
  const expiresAt = new Date(Math.min(now + VALID_MS, viewer.expiresAt?.getTime() ?? Infinity));
  const { client, scopes, actor } = viewer;
  await createSession(ctx.store, value, {
    ...actor,
    ...('token' in input && { tokenHash: toSecretHash(input.token) }),
    client,
    scopes: [...scopes],
    createdAt: new Date(now),
    expiresAt,
  });
  // Read once, it counts as in use here: wrong cookies from the same address do not hold it up.
  await ctx.sessions.find(value);
  const session = toSession({ ...viewer, expiresAt });
  await noteSession(ctx, { viewer, requestId }, value, {
    action: 'session.started',
    after: { ...session, address },
  });
  return { session, value, expiresAt, standing };
}

/** Who is signed in, as the API shows it. */
export function toSession({ actor, client, scopes, expiresAt }: Viewer): Session {
  return { name: actor.name, client, scopes: [...scopes], expiresAt: expiresAt?.toISOString() ?? null };
}

async function toViewer(ctx: Context, input: SessionInput): Promise<Viewer | null> {
  if ('token' in input) return ctx.tokens.find(input.token);
  return (await useLoginLink(ctx.store, input.code, { now: ctx.clock.now() })) ? OPERATOR : null;
}

import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import { setBounded } from '@understudy/shared/runtime/set-bounded';
import type { Store } from '@understudy/shared/store/connect';
import type { SessionDocument } from '@understudy/shared/store/sessions/model';
import { findSession, touchSession } from '@understudy/shared/store/sessions/sessions';
import type { Viewer } from '../http/viewer.ts';
import type { TokenAccess } from './tokens.ts';

/** A session that was ended in another process is refused here within this time. */
const TRUSTED_MS = 500;
/** With the store away, a session that was seen this recently still counts. */
const STALE_MS = 30_000;
const MAX_KNOWN = 10_000;
/** A session that nobody used for this long is over. A console that is open uses its own. */
const IDLE_MS = 2 * 3_600_000;
/** How often it is noted that a session is in use. */
const NOTED_EVERY_MS = 60_000;

export interface SessionAccess {
  /** Who a cookie's value stands for, or null where the session is unknown or over. */
  find(value: string): Promise<Viewer | null>;
  /** Whether this process has met it and need not ask the store what it is. */
  isKnown(value: string): boolean;
  /** Forgets a session that was ended here. */
  forget(value: string): void;
}

/** Sessions as last seen in the store. */
export function createSessionAccess(options: {
  store: Store;
  clock: Clock;
  tokens: TokenAccess;
  logger: Logger;
}): SessionAccess {
  const { store, clock, tokens, logger } = options;
  const known = new Map<string, { session: SessionDocument; readAt: number }>();

  async function read(value: string): Promise<SessionDocument | null> {
    const seen = known.get(value);
    const ageMs = seen ? clock.monotonic() - seen.readAt : Infinity;
    if (seen && ageMs < TRUSTED_MS) return seen.session;
    try {
      const session = await findSession(store, value);
      known.delete(value);
      if (session) remember(value, session);
      return session;
    } catch (error) {
      if (seen && ageMs < STALE_MS) return seen.session;
      throw error;
    }
  }

  function remember(value: string, session: SessionDocument) {
    setBounded(known, value, { session, readAt: clock.monotonic() }, MAX_KNOWN);
  }

  /** Beside the request, which need not wait for it; one that fails is made up for by the next. */
  function noteUse(value: string, session: SessionDocument, now: number) {
    if (now - toLastUse(session) < NOTED_EVERY_MS) return;
    session.lastUsedAt = new Date(now);
    touchSession(store, value, session.lastUsedAt).catch((err: unknown) =>
      logger.debug({ err }, 'that a session is in use could not be noted'),
    );
  }

  return {
    async find(value) {
      const session = await read(value);
      const now = clock.now();
      if (!session || session.expiresAt.getTime() <= now || now - toLastUse(session) >= IDLE_MS) return null;
      const token = session.tokenId === null ? null : tokens.byId(session.tokenId);
      if (session.tokenId !== null && !token) return null;
      if (token && session.tokenHash !== undefined && session.tokenHash !== token.hash) return null;
      noteUse(value, session, now);
      return {
        client: session.client,
        scopes: session.scopes,
        actor: { tokenId: session.tokenId, name: session.name },
        expiresAt: session.expiresAt,
        requestsPerMinute: token?.requestsPerMinute ?? null,
      };
    },
    isKnown: (value) => known.has(value),
    forget: (value) => void known.delete(value),
  };
}

function toLastUse({ lastUsedAt, createdAt }: SessionDocument): number {
  return (lastUsedAt ?? createdAt).getTime();
}

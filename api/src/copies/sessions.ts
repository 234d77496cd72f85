import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import type { SessionDocument } from '@understudy/shared/store/sessions/model';
import { findSession } from '@understudy/shared/store/sessions/sessions';
import type { Viewer } from '../http/viewer.ts';
import type { TokenAccess } from './tokens.ts';

/** A session that was ended in another process is refused here within this time. */
const TRUSTED_MS = 500;
/** With the store away, a session that was seen this recently still counts. */
const STALE_MS = 30_000;
const MAX_KNOWN = 10_000;

export interface SessionAccess {
  /** Who a cookie's value stands for, or null where the session is unknown or over. */
  find(value: string): Promise<Viewer | null>;
  /** Forgets a session that was ended here. */
  forget(value: string): void;
}

/** Sessions as last seen in the store. */
export function createSessionAccess(options: {
  store: Store;
  clock: Clock;
  tokens: TokenAccess;
}): SessionAccess {
  const { store, clock, tokens } = options;
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
    known.set(value, { session, readAt: clock.monotonic() });
    const [oldest] = known.keys();
    if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
  }

  return {
    async find(value) {
      const session = await read(value);
      if (!session || session.expiresAt.getTime() <= clock.now()) return null;
      if (session.tokenId !== null && !tokens.isGood(session.tokenId)) return null;
      return {
        client: session.client,
        scopes: session.scopes,
        actor: { tokenId: session.tokenId, name: session.name },
        expiresAt: session.expiresAt,
      };
    },
    forget: (value) => void known.delete(value),
  };
}

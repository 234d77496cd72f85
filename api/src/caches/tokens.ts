import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Store } from '@understudy/shared/store/connect';
import { toSecretHash } from '@understudy/shared/store/secret-hash';
import type { TokenDocument } from '@understudy/shared/store/tokens/model';
import { readValidTokens } from '@understudy/shared/store/tokens/tokens';
import type { Viewer } from '../http/viewer.ts';

export interface TokenAccess {
  /** Reads the tokens anew; the version watcher calls it. */
  load(): Promise<void>;
  /** The holder of a token's value, or null where it is unknown, revoked or expired. */
  find(value: string): Viewer | null;
  /** The token with this id, or null where it is no longer good. */
  byId(tokenId: string): Pick<TokenDocument, 'requestsPerMinute' | 'hash'> | null;
}

/** The tokens in memory, by hash: a request is let in without asking the store. */
export function createTokenAccess({ store, clock }: { store: Store; clock: Clock }): TokenAccess {
  let byHash = new Map<string, TokenDocument>();
  let byId = new Map<string, TokenDocument>();
  const isCurrent = ({ expiresAt }: TokenDocument) => expiresAt === null || expiresAt.getTime() > clock.now();

  return {
    async load() {
      const tokens = await readValidTokens(store);
      byHash = new Map(tokens.map((token) => [token.hash, token]));
      byId = new Map(tokens.map((token) => [token._id, token]));
    },
    find(value) {
      const hash = toSecretHash(value);
      const token = byHash.get(hash);
      if (!token || !timingSafeEqual(Buffer.from(token.hash), Buffer.from(hash)) || !isCurrent(token))
        return null;
      return {
        client: token.client,
        scopes: token.scopes,
        actor: { tokenId: token._id, name: token.name },
        expiresAt: token.expiresAt,
        requestsPerMinute: token.requestsPerMinute,
      };
    },
    byId(tokenId) {
      const token = byId.get(tokenId);
      return token && isCurrent(token) ? token : null;
    },
  };
}

import type { Store } from '../connect.ts';
import type { TokenDocument } from './model.ts';
import { toTokenHash } from './tokens.ts';

/** The token with this value; null where it is unknown, revoked or expired. */
export async function findToken(store: Store, value: string): Promise<TokenDocument | null> {
  return store.tokens
    .findOne({
      hash: toTokenHash(value),
      revokedAt: null,
      $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date() } }],
    })
    .lean<TokenDocument>();
}

import type { Store } from '../connect.ts';
import { toSecretHash } from '../secret-hash.ts';
import type { TokenDocument } from './model.ts';

/** The token with this value; null where it is unknown, revoked or expired. */
export async function findToken(store: Store, value: string): Promise<TokenDocument | null> {
  return store.tokens
    .findOne({
      hash: toSecretHash(value),
      revokedAt: null,
      $or: [{ expiresAt: null }, { expiresAt: { $gt: new Date(store.clock.now()) } }],
    })
    .lean<TokenDocument>();
}

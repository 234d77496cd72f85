import { ensureClient } from '../clients/clients.ts';
import type { Store } from '../connect.ts';
import { inTransaction } from '../transaction.ts';
import { bumpVersion } from '../versions/versions.ts';
import { toTokenHash } from './tokens.ts';

const ID = 'tok_bootstrap';

/**
 * Sees to it that an admin token with exactly this value exists. There is one such token: another value takes the
 * place of the one before, whose sessions end.
 */
export async function ensureBootstrapToken(store: Store, value: string): Promise<void> {
  const hash = toTokenHash(value);
  if (await store.tokens.exists({ hash, revokedAt: null })) return;
  await inTransaction(store, async (session) => {
    await store.tokens.deleteMany({ hash, _id: { $ne: ID } }, { session });
    await store.tokens.replaceOne(
      { _id: ID },
      {
        name: 'bootstrap',
        client: 'default',
        scopes: ['admin'],
        hash,
        createdAt: new Date(),
        expiresAt: null,
        revokedAt: null,
        requestsPerMinute: null,
        lastUsedAt: null,
      },
      { upsert: true, session },
    );
    await ensureClient(store, 'default', session);
    await store.sessions.deleteMany({ tokenId: ID }, { session });
    await bumpVersion(store, 'tokens', session);
  });
}

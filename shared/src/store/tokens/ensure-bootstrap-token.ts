import { writeAudit } from '../audit/write-audit.ts';
import { ensureClient } from '../clients/clients.ts';
import type { Store } from '../connect.ts';
import { inTransaction } from '../transaction.ts';
import { bumpVersion } from '../versions/versions.ts';
import { toTokenHash } from './tokens.ts';

const ID = 'tok_bootstrap';
/** Whoever sets the environment of the service. */
const ENVIRONMENT = { tokenId: null, name: 'environment' };

/**
 * Sees to it that an admin token with exactly this value exists. There is one such token: another value takes the
 * place of the one before, whose sessions end.
 */
export async function ensureBootstrapToken(store: Store, value: string): Promise<void> {
  const hash = toTokenHash(value);
  if (await store.tokens.exists({ hash, revokedAt: null })) return;
  await inTransaction(store, async (session) => {
    await store.tokens.deleteMany({ hash, _id: { $ne: ID } }, { session });
    const had = await store.tokens.exists({ _id: ID }).session(session);
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
    const settings = { name: 'bootstrap', client: 'default', scopes: ['admin'] };
    const row = {
      actor: ENVIRONMENT,
      action: had ? 'token.replaced' : 'token.created',
      target: { kind: 'token', id: ID, name: 'bootstrap' },
      before: had ? settings : null,
      after: settings,
      requestId: null,
    };
    await writeAudit(store, row, session);
    await bumpVersion(store, 'tokens', session);
  });
}

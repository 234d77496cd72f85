import { ConfigError } from '../../errors.ts';
import { writeAudit } from '../audit/write-audit.ts';
import { ensureClient } from '../clients/clients.ts';
import type { Store } from '../connect.ts';
import { toSecretHash } from '../secret-hash.ts';
import { inTransaction, type ClientSession } from '../transaction.ts';
import { bumpVersion } from '../versions/versions.ts';
import type { TokenDocument } from './model.ts';

const ID = 'tok_bootstrap';
/** Whoever sets the environment of the service. */
const ENVIRONMENT = { tokenId: null, name: 'environment' };

/**
 * Sees to it that an admin token with exactly this value exists. There is one such token: another value takes the
 * place of the one before, whose sessions end. Another admin token's value becomes this one's.
 * @throws {ConfigError} when it is the value of a token that is no administrator's.
 */
export async function ensureBootstrapToken(store: Store, value: string): Promise<void> {
  const hash = toSecretHash(value);
  if (await store.tokens.exists({ _id: ID, hash, revokedAt: null })) return;
  await inTransaction(store, async (session) => {
    await freeValue(store, hash, session);
    const had = await store.tokens.exists({ _id: ID }).session(session);
    await store.tokens.replaceOne(
      { _id: ID },
      {
        name: 'bootstrap',
        client: 'default',
        scopes: ['admin'],
        hash,
        createdAt: new Date(store.clock.now()),
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

/** Removes the other token that has the value, if there is one; its holder must be an administrator already. */
async function freeValue(store: Store, hash: string, session: ClientSession): Promise<void> {
  const other = await store.tokens
    .findOne({ hash, _id: { $ne: ID } })
    .session(session)
    .lean<TokenDocument>();
  if (!other) return;
  const { _id: id, name, client, scopes } = other;
  if (!scopes.includes('admin')) {
    throw new ConfigError([
      `UNDERSTUDY_BOOTSTRAP_TOKEN has the value of the token "${name}" (${id}), which is no administrator's. ` +
        'Give it a value of its own, for example from `openssl rand -hex 32`.',
    ]);
  }
  await store.tokens.deleteOne({ _id: id }, { session });
  await store.sessions.deleteMany({ tokenId: id }, { session });
  if (other.revokedAt) return;
  const target = { kind: 'token', id, name };
  const row = { action: 'token.revoked', target, before: { name, client, scopes }, after: null };
  await writeAudit(store, { actor: ENVIRONMENT, ...row, requestId: null }, session);
}

import type { Token, TokenCreated, TokenInput } from '@understudy/shared/contracts/token';
import { NotFoundError, ValidationError } from '@understudy/shared/errors';
import type { TokenDocument } from '@understudy/shared/store/tokens/model';
import {
  insertToken,
  listTokens as findPage,
  revokeToken as revoke,
} from '@understudy/shared/store/tokens/tokens';
import { inTransaction } from '@understudy/shared/store/transaction';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import type { Context } from '../../context.ts';
import { readPage, type PageQuery } from '../../http/cursor.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';
import { refreshCaches } from '../refresh-caches.ts';

/** A page of tokens, newest first; their values are known to nobody. */
export async function listTokens(
  ctx: Context,
  query: PageQuery,
): Promise<{ data: Token[]; nextCursor: string | null }> {
  const { items, nextCursor } = await readPage(query, 'tok', (page) => findPage(ctx.store, page));
  return { data: items.map(toToken), nextCursor };
}

/** Makes a token; its value is in the answer and nowhere else. @throws {ValidationError} for one expired already. */
export async function createToken(
  ctx: Context,
  { input, ...change }: Change & { input: TokenInput },
): Promise<TokenCreated> {
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt && expiresAt.getTime() <= ctx.clock.now()) {
    throw new ValidationError([
      { pointer: '/expiresAt', detail: 'must be in the future', code: 'too_small' },
    ]);
  }
  const made = await inTransaction(ctx.store, async (session) => {
    const written = await insertToken(ctx.store, { ...input, expiresAt }, session);
    const target = toTarget(written.token);
    const entry = { action: 'token.created', target, before: null, after: toAudited(written.token) };
    await auditChange(ctx, change, entry, session);
    await bumpVersion(ctx.store, 'tokens', session);
    return written;
  });
  await refreshCaches(ctx);
  return { ...toToken(made.token), token: made.value };
}

/** Revokes a token: it is refused here at once and everywhere within a second, and its sessions end. */
export async function revokeToken(ctx: Context, { id, ...change }: Change & { id: string }): Promise<void> {
  await inTransaction(ctx.store, async (session) => {
    const token = await revoke(ctx.store, id, session);
    if (!token) throw new NotFoundError('not_found', 'There is no such token.');
    const entry = { action: 'token.revoked', target: toTarget(token), before: toAudited(token), after: null };
    await auditChange(ctx, change, entry, session);
    await bumpVersion(ctx.store, 'tokens', session);
  });
  await refreshCaches(ctx);
}

function toTarget({ _id, name }: TokenDocument) {
  return { kind: 'token', id: _id, name };
}

/** What the audit log keeps: all that is shown of a token. */
function toAudited(token: TokenDocument) {
  const { id: _id, createdAt: _createdAt, ...settings } = toToken(token);
  return settings;
}

function toToken({
  _id,
  name,
  client,
  scopes,
  createdAt,
  expiresAt,
  requestsPerMinute,
  lastUsedAt,
}: TokenDocument): Token {
  return {
    id: _id,
    name,
    client,
    scopes,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    requestsPerMinute,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

import { randomBytes } from 'node:crypto';
import type { ClientSession } from 'mongoose';
import { createId } from '../../ids.ts';
import { ensureClient } from '../clients/clients.ts';
import type { Store } from '../connect.ts';
import { olderThan, type Page } from '../page.ts';
import { toSecretHash } from '../secret-hash.ts';
import type { TokenDocument } from './model.ts';

export type NewToken = Pick<TokenDocument, 'name' | 'client' | 'scopes' | 'expiresAt' | 'requestsPerMinute'>;

/** Every token that was not revoked; those that have expired are among them. */
export async function readValidTokens(store: Store): Promise<TokenDocument[]> {
  return store.tokens.find({ revokedAt: null }).lean<TokenDocument[]>();
}

/** Writes a token with a new value of 256 random bits, which is told here and never again; its client exists from then on. */
export async function insertToken(
  store: Store,
  token: NewToken,
  session: ClientSession,
): Promise<{ token: TokenDocument; value: string }> {
  const value = `ust_${randomBytes(32).toString('base64url')}`;
  const document = {
    _id: createId('tok'),
    ...token,
    hash: toSecretHash(value),
    createdAt: new Date(store.clock.now()),
    revokedAt: null,
    lastUsedAt: null,
  };
  await store.tokens.create([document], { session });
  await ensureClient(store, token.client, session);
  return { token: document, value };
}

/** Tokens that were not revoked, newest first. */
export async function listTokens(store: Store, { limit, beforeId }: Page): Promise<TokenDocument[]> {
  return store.tokens
    .find({ revokedAt: null, ...olderThan(beforeId) })
    .sort({ _id: -1 })
    .limit(limit)
    .lean<TokenDocument[]>();
}

/** Revokes a token and ends the sessions made from it. @returns null where there is none, or no more. */
export async function revokeToken(
  store: Store,
  id: string,
  session: ClientSession,
): Promise<TokenDocument | null> {
  const token = await store.tokens
    .findOneAndUpdate({ _id: id, revokedAt: null }, { revokedAt: new Date(store.clock.now()) }, { session })
    .lean<TokenDocument>();
  if (token) await store.sessions.deleteMany({ tokenId: id }, { session });
  return token;
}

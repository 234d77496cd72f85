import type { Connection } from 'mongoose';
import type { Scope } from '../../contracts/scope.ts';
import { defineModel, nullable, required } from '../define-model.ts';

/** An access token; its value is known to nobody but its holder, `hash` is SHA-256 of it in hex. */
export interface TokenDocument {
  _id: string;
  name: string;
  client: string;
  scopes: Scope[];
  hash: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
  requestsPerMinute: number | null;
  /** To the minute; null for one that was never used. */
  lastUsedAt: Date | null;
}

export const defineTokens = (connection: Connection) =>
  defineModel<TokenDocument>(connection, 'tokens', {
    _id: required(String),
    name: required(String),
    client: required(String),
    scopes: { type: [String], required: true },
    hash: required(String),
    createdAt: required(Date),
    expiresAt: nullable(Date),
    revokedAt: nullable(Date),
    requestsPerMinute: nullable(Number),
    lastUsedAt: nullable(Date),
  });

import type { Connection } from 'mongoose';
import type { Scope } from '../../contracts/scope.ts';
import { defineModel, nullable, required } from '../define-model.ts';

/** A console session; `_id` is SHA-256 of the cookie's value in hex. It ends with the token it was made from. */
export interface SessionDocument {
  _id: string;
  /** Null for a session from a login link, which belongs to the installation's own operator. */
  tokenId: string | null;
  /** Of the token's value then; one that took its place under the same id makes the session void. */
  tokenHash?: string;
  name: string;
  client: string;
  scopes: Scope[];
  createdAt: Date;
  /** To the minute; absent until a minute after it began. */
  lastUsedAt?: Date;
  expiresAt: Date;
}

export const defineSessions = (connection: Connection) =>
  defineModel<SessionDocument>(connection, 'sessions', {
    _id: required(String),
    tokenId: nullable(String),
    tokenHash: String,
    name: required(String),
    client: required(String),
    scopes: { type: [String], required: true },
    createdAt: required(Date),
    lastUsedAt: Date,
    expiresAt: required(Date),
  });

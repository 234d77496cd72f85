import type { Connection } from 'mongoose';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

export interface Actor {
  tokenId: string | null;
  name: string;
}

/** One change by an operator, with secrets masked before they come here. */
export interface AuditDocument {
  _id: string;
  at: Date;
  actor: Actor;
  action: string;
  target: { kind: string; id: string; name: string };
  before: unknown;
  after: unknown;
  requestId: string | null;
}

export const defineAudit = (connection: Connection) =>
  defineModel<AuditDocument>(connection, 'audit', {
    _id: required(String),
    at: required(Date),
    actor: opaque,
    action: required(String),
    target: opaque,
    before: opaque,
    after: opaque,
    requestId: nullable(String),
  });

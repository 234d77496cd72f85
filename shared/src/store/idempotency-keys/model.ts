import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';

/** One idempotency key of one client: the job it made, and the HMAC of the canonical body it was made with. */
export interface IdempotencyKeyDocument {
  /** The client, a newline (which neither part can hold), and the key: unique, therefore. */
  _id: string;
  jobId: string;
  bodyHmac: string;
  /** Version of the master key that the HMAC's key is derived from. */
  keyVersion: number;
  /** When it was reserved; where that had come to nothing yet, when it was used again. */
  createdAt: Date;
}

export const defineIdempotencyKeys = (connection: Connection) =>
  defineModel<IdempotencyKeyDocument>(connection, 'idempotency_keys', {
    _id: required(String),
    jobId: required(String),
    bodyHmac: required(String),
    keyVersion: required(Number),
    createdAt: required(Date),
  });

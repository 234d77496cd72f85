import type { Connection } from 'mongoose';
import type { KnownKey } from '../../secrets/key-ring.ts';
import { defineModel, opaque, required } from '../define-model.ts';

/** A provider's key that a worker process cannot open, by its envelope: with another one this says nothing. */
export interface LockedKey {
  providerId: string;
  wrappedKey: string;
  /** Why, for an operator. */
  message: string;
}

/** A running process, the master keys that it has, and what it cannot open with them. */
export interface KeyHolderDocument {
  _id: string;
  role: 'api' | 'worker';
  /** The first encrypts. */
  keys: KnownKey[];
  locked: LockedKey[];
  /** By the ledger's clock. */
  seenAt: Date;
}

export const defineKeyHolders = (connection: Connection) =>
  defineModel<KeyHolderDocument>(connection, 'key_holders', {
    _id: required(String),
    role: required(String),
    keys: opaque,
    locked: opaque,
    seenAt: required(Date),
  });

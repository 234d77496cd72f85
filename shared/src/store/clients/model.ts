import type { Connection } from 'mongoose';
import type { SigningSecret } from '../../secrets/webhook-secret.ts';
import { defineModel, opaque, required } from '../define-model.ts';

/** An upstream system, from its first token on. Its first secret is made when something is signed or it is rotated. */
export interface ClientDocument {
  _id: string;
  name: string;
  /** Newest first; none as long as nobody needed one. */
  secrets: SigningSecret[];
  /** How many endpoints it ever registered; two that register at once meet here. Absent before the first. */
  webhooksMade?: number;
  createdAt: Date;
}

/** Associated data of the envelopes of a client's secrets. */
export const toClientSecretPlace = (clientId: string) => ({ id: clientId, field: 'webhookSecret' });

export const defineClients = (connection: Connection) =>
  defineModel<ClientDocument>(connection, 'clients', {
    _id: required(String),
    name: required(String),
    secrets: opaque,
    webhooksMade: Number,
    createdAt: required(Date),
  });

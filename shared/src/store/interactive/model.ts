import type { Connection } from 'mongoose';
import { defineModel, opaque, required } from '../define-model.ts';

/** A piece of work that someone waits for: its input and result, kept for a minute. */
export interface InteractiveDocument {
  _id: string;
  state: 'waiting' | 'running' | 'done';
  input: { providerId: string };
  result: unknown;
  createdAt: Date;
  expiresAt: Date;
}

export const defineInteractive = (connection: Connection) =>
  defineModel<InteractiveDocument>(connection, 'interactive', {
    _id: required(String),
    state: required(String),
    input: opaque,
    result: opaque,
    createdAt: required(Date),
    expiresAt: required(Date),
  });

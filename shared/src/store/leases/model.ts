import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';

/** The right of one process to do one thing (`_id`), until it lapses. */
export interface LeaseDocument {
  _id: string;
  holder: string;
  until: Date;
}

export const defineLeases = (connection: Connection) =>
  defineModel<LeaseDocument>(connection, 'leases', {
    _id: required(String),
    holder: required(String),
    until: required(Date),
  });

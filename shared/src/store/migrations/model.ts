import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';

/** A migration that ran here; `_id` is its number. */
export interface MigrationDocument {
  _id: number;
  name: string;
  appliedAt: Date;
}

export const defineMigrations = (connection: Connection) =>
  defineModel<MigrationDocument>(connection, 'migrations', {
    _id: required(Number),
    name: required(String),
    appliedAt: required(Date),
  });

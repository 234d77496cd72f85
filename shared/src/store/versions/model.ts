import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';

/** What processes hold copies of. Each number rises in the transaction that changes the thing. */
export const VERSIONED = ['providers', 'config', 'tokens', 'classifiers'] as const;
export type Versioned = (typeof VERSIONED)[number];

/** The one document (`_id: 'versions'`) that every process reads every 500 ms. */
export type VersionsDocument = { _id: string } & Record<Versioned, number>;

export const defineVersions = (connection: Connection) =>
  defineModel<VersionsDocument>(connection, 'versions', {
    _id: required(String),
    providers: required(Number),
    config: required(Number),
    tokens: required(Number),
    classifiers: required(Number),
  });

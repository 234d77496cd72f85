import type { Connection } from 'mongoose';
import type { ProviderFlag, ProviderInput, ProviderType } from '../../contracts/provider.ts';
import type { Envelope } from '../../secrets/key-ring.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

export interface SpendCorrection {
  /** As `2026-11`, UTC. */
  month: string;
  /** Rises with every correction. */
  revision: number;
  nanoUsd: number;
}

export interface Flag {
  reason: ProviderFlag;
  at: Date;
  message: string;
  /** It came back, with no answer in between, after a check took it off: a list of models says nothing against it. */
  outlastsLists?: true;
}

/** A provider as configured. A deleted one stays as a tombstone, so that its usage and health stay readable. */
export interface ProviderDocument {
  _id: string;
  name: string;
  /** Lower case, unique among those not deleted; null when deleted, so that the name is free again. */
  nameKey: string | null;
  /**
   * What it was named before, in lower case, latest last: open jobs may still name it so. Whoever takes one of these
   * names takes it from here, so that no two providers share one. Absent or empty where it never was renamed.
   */
  formerNames?: string[];
  type: ProviderType;
  apiKey: Envelope | null;
  apiKeyLast4: string | null;
  baseUrl: string | null;
  enabled: boolean;
  priority: number;
  rateLimit: number | null;
  configuration: ProviderInput['configuration'];
  /** What only an operator can mend: set by a worker, cleared by a new key, a passed test or a good check. */
  flagged: Flag | null;
  /** When a test or check last took a flag off: `resetAt` of that moment, so equal to it until it begins anew otherwise. */
  flagClearedAt?: Date | null;
  /**
   * When its circuit, ramp and cooldown last began anew: whom its calls go to changed, its flag was cleared, or an
   * operator said so. Rises with each time.
   */
  resetAt: Date | null;
  /**
   * By how much pricing attempts again changed what was spent in a month, in nano-dollars and in all: whoever keeps the
   * spend beside the ledger takes it over once for each revision. Of the latest month only.
   */
  spendCorrection?: SpendCorrection | null;
  /** Rises with every change by an operator; the ETag is made from it. */
  revision: number;
  createdAt: Date;
  updatedAt: Date;
  deletedAt: Date | null;
}

/** Associated data of a provider's key envelope. */
export const toApiKeyPlace = (providerId: string) => ({ id: providerId, field: 'apiKey' });

export const defineProviders = (connection: Connection) =>
  defineModel<ProviderDocument>(connection, 'providers', {
    _id: required(String),
    name: required(String),
    nameKey: nullable(String),
    formerNames: { type: [String], default: undefined },
    type: required(String),
    apiKey: opaque,
    apiKeyLast4: nullable(String),
    baseUrl: nullable(String),
    enabled: required(Boolean),
    priority: required(Number),
    rateLimit: nullable(Number),
    configuration: opaque,
    flagged: opaque,
    flagClearedAt: nullable(Date),
    resetAt: nullable(Date),
    spendCorrection: opaque,
    revision: required(Number),
    createdAt: required(Date),
    updatedAt: required(Date),
    deletedAt: nullable(Date),
  });

import type { Connection } from 'mongoose';
import type { ProviderReference } from '../../contracts/classification.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import { defineModel, opaque, required } from '../define-model.ts';

/** One switch from a provider that failed to the next, or to nobody, within one dispatch. Never changed. */
export interface FailoverDocument {
  _id: string;
  at: Date;
  jobId: string;
  /** Whose job it was: nobody else sees it, but for administrators. A drill is no client's, and seen by all. */
  client: string;
  from: ProviderReference;
  to: ProviderReference | null;
  fault: FaultKind;
  switchMs: number;
  hedge: boolean;
  drill: boolean;
}

export const defineFailovers = (connection: Connection) =>
  defineModel<FailoverDocument>(connection, 'failovers', {
    _id: required(String),
    at: required(Date),
    jobId: required(String),
    client: required(String),
    from: opaque,
    to: opaque,
    fault: required(String),
    switchMs: required(Number),
    hedge: required(Boolean),
    drill: required(Boolean),
  });

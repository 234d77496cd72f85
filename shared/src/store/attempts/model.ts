import type { Connection } from 'mongoose';
import type { Pricing, ProviderReference } from '../../contracts/classification.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import type { CircuitState } from '../../contracts/provider.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

/** What a call was made for: a job, or an operator's test, drill or deep check, which usage keeps apart. */
export type AttemptPurpose = 'job' | 'test' | 'drill' | 'health';
/** All but real traffic: few calls among many. */
export const OTHER_PURPOSES = ['test', 'drill', 'health'] as const satisfies AttemptPurpose[];

/** How an attempt ended, as its worker settles it. */
export interface AttemptEnd {
  outcome: 'succeeded' | 'failed' | 'aborted';
  fault: FaultKind | null;
  message: string | null;
  status: number | null;
  requestId: string | null;
  durationMs: number;
  inputTokens: number;
  outputTokens: number;
  costNanoUsd: number | null;
  pricing: Pricing;
  priceVersion: string | null;
}

/** How an attempt was priced when it ended, of one that was priced again since. */
export interface Repriced {
  /** The last time. */
  at: Date;
  from: Pick<AttemptEnd, 'costNanoUsd' | 'pricing' | 'priceVersion'>;
}

/** One call to one provider, written `pending` before the call and settled after it. */
export interface AttemptDocument extends Partial<Omit<AttemptEnd, 'outcome'>> {
  _id: string;
  jobId: string;
  client: string;
  purpose: AttemptPurpose;
  claimToken: string;
  number: number;
  provider: ProviderReference;
  outcome: AttemptEnd['outcome'] | 'pending';
  hedge: boolean;
  circuit: CircuitState;
  startedAt: Date;
  /** The call is over by then, whatever happens. */
  limitAt: Date;
  settledAt: Date | null;
  /** The most that it may cost, in nano-dollars: held in its provider's budget until it is settled. Null if unpriced. */
  reservedNanoUsd: number | null;
  /** Whether usage has it. */
  counted: boolean;
  repriced?: Repriced | null;
}

export const defineAttempts = (connection: Connection) =>
  defineModel<AttemptDocument>(connection, 'attempts', {
    _id: required(String),
    jobId: required(String),
    client: required(String),
    purpose: required(String),
    claimToken: required(String),
    number: required(Number),
    provider: opaque,
    outcome: required(String),
    hedge: required(Boolean),
    circuit: required(String),
    startedAt: required(Date),
    limitAt: required(Date),
    settledAt: nullable(Date),
    reservedNanoUsd: nullable(Number),
    counted: required(Boolean),
    fault: nullable(String),
    message: nullable(String),
    status: nullable(Number),
    requestId: nullable(String),
    durationMs: nullable(Number),
    inputTokens: nullable(Number),
    outputTokens: nullable(Number),
    costNanoUsd: nullable(Number),
    pricing: nullable(String),
    priceVersion: nullable(String),
    repriced: opaque,
  });

import type { Connection } from 'mongoose';
import type { AttemptPurpose } from '../attempts/model.ts';
import { defineModel, opaque, required } from '../define-model.ts';

/** How many shards an hour's bucket is spread over, so that processes rarely meet in one document. */
export const USAGE_SHARDS = 8;

/** The shard that no process counts into: what attempts that were priced again changed. */
export const CORRECTIONS_SHARD = 8;

/**
 * One shard of one hour of one provider, model, client and purpose. Counters only ever rise, but for the shard of
 * corrections, in which they may be negative.
 */
export interface UsageBucketDocument {
  _id: string;
  /** Start of the hour. */
  at: Date;
  providerId: string;
  model: string;
  client: string;
  purpose: AttemptPurpose;
  shard: number;
  requests: number;
  successes: number;
  failures: number;
  aborted: number;
  degraded: number;
  /** By fault kind. */
  faults: Record<string, number>;
  inputTokens: number;
  outputTokens: number;
  /** Nano-dollars that are known, and the estimated part of them. */
  costNanoUsd: number;
  estimatedNanoUsd: number;
  /** Attempts by how they were priced. */
  pricing: Record<string, number>;
  /** Sum over the succeeded attempts, for the average. */
  durationMs: number;
  /** DDSketch bins (index to count) of the succeeded attempts' durations. */
  latency: Record<string, number>;
}

/** The counters of a bucket, as its model and the one of whole days declare them. */
export const usageCounterFields = {
  requests: required(Number),
  successes: required(Number),
  failures: required(Number),
  aborted: required(Number),
  degraded: required(Number),
  faults: opaque,
  inputTokens: required(Number),
  outputTokens: required(Number),
  costNanoUsd: required(Number),
  estimatedNanoUsd: required(Number),
  pricing: opaque,
  durationMs: required(Number),
  latency: opaque,
};

export const defineUsageBuckets = (connection: Connection) =>
  defineModel<UsageBucketDocument>(connection, 'usage_buckets', {
    _id: required(String),
    at: required(Date),
    providerId: required(String),
    model: required(String),
    client: required(String),
    purpose: required(String),
    shard: required(Number),
    ...usageCounterFields,
  });

import type { Connection } from 'mongoose';
import { defineModel, opaque, required } from '../define-model.ts';
import type { UsageBucketDocument } from './model.ts';

/** Real traffic at one provider in one day (UTC), one shard of it: what its hourly buckets of all models and clients add up to. */
export type UsageDayDocument = Omit<UsageBucketDocument, 'model' | 'client' | 'purpose'>;

export const defineUsageDays = (connection: Connection) =>
  defineModel<UsageDayDocument>(connection, 'usage_days', {
    _id: required(String),
    at: required(Date),
    providerId: required(String),
    shard: required(Number),
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
  });

import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';
import { usageCounterFields, type UsageBucketDocument } from './model.ts';

/** Real traffic at one provider in one day (UTC), one shard of it: what its hourly buckets of all models and clients add up to. */
export type UsageDayDocument = Omit<UsageBucketDocument, 'model' | 'client' | 'purpose'>;

export const defineUsageDays = (connection: Connection) =>
  defineModel<UsageDayDocument>(connection, 'usage_days', {
    _id: required(String),
    at: required(Date),
    providerId: required(String),
    shard: required(Number),
    ...usageCounterFields,
  });

import type { Connection } from 'mongoose';
import { defineModel, required } from '../define-model.ts';

/**
 * How the jobs that were accepted in one hour fared; `_id` is the hour's start in ISO. In the one row `progress`, `at` is
 * the time up to which accepted jobs are in the buckets, and the counts are of all jobs until then. What `local` answered
 * in time is `degraded` where others were to, and `answered` where it was the only provider that was enabled.
 */
export interface AvailabilityBucketDocument {
  _id: string;
  at: Date;
  accepted: number;
  answered: number;
  degraded: number;
}

export const PROGRESS_ID = 'progress';

export const defineAvailabilityBuckets = (connection: Connection) =>
  defineModel<AvailabilityBucketDocument>(connection, 'availability_buckets', {
    _id: required(String),
    at: required(Date),
    accepted: required(Number),
    answered: required(Number),
    degraded: required(Number),
  });

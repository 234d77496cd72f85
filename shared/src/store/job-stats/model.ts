import type { Connection } from 'mongoose';
import { defineModel, nullable, opaque, required } from '../define-model.ts';
import type { BucketWidth } from '../roll-up/buckets.ts';
import type { Bins } from '../usage/sketch.ts';

export const JOB_STATS_WIDTHS = ['minute', 'hour'] as const satisfies BucketWidth[];
export type JobStatsWidth = (typeof JOB_STATS_WIDTHS)[number];

/**
 * Jobs that were accepted, and those that ended, within one minute or hour; `_id` is the width and the start in ISO. In
 * the rows of `PROGRESS`, `at` is the time up to which jobs are in the buckets, and the counts are of all jobs until then.
 */
export interface JobStatsBucketDocument {
  _id: string;
  width: JobStatsWidth | 'progress';
  at: Date;
  accepted: number;
  succeeded: number;
  failed: number;
  cancelled: number;
  /** DDSketch bins (index to count) of the time from acceptance to the first start, of jobs that ended. */
  wait: Bins;
  /** The same to the answer, of jobs that succeeded. */
  answer: Bins;
  /** When it is no longer needed; null for progress. */
  expiresAt: Date | null;
}

/** What is counted, each by an index of its own and up to a time of its own. */
export const PROGRESS = { accepted: 'progress accepted', ended: 'progress ended' } as const;

export const defineJobStatsBuckets = (connection: Connection) =>
  defineModel<JobStatsBucketDocument>(connection, 'job_stats_buckets', {
    _id: required(String),
    width: required(String),
    at: required(Date),
    accepted: { type: Number, default: 0 },
    succeeded: { type: Number, default: 0 },
    failed: { type: Number, default: 0 },
    cancelled: { type: Number, default: 0 },
    wait: opaque,
    answer: opaque,
    expiresAt: nullable(Date),
  });

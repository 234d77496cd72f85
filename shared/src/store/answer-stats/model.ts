import type { Connection } from 'mongoose';
import { defineModel, nullable, opaque, required } from '../define-model.ts';
import { toStart, type BucketWidth } from '../roll-up/buckets.ts';
import type { StoredAnswerCounts } from './answer-counts.ts';

export const ANSWER_WIDTHS = ['minute', 'hour', 'day'] as const satisfies BucketWidth[];

/** The row that says up to when answers are in the buckets. A migration makes it, so it is always there. */
export const PROGRESS_ID = 'progress';

/**
 * What one provider answered in one minute, hour or day (UTC), by the time at which its jobs ended. A label is a
 * client's text: it stands in a list and is never the name of a field.
 */
export interface AnswerBucketDocument extends StoredAnswerCounts {
  /** Width, start in ISO, and provider. */
  _id: string;
  width: BucketWidth | 'progress';
  at: Date;
  providerId: string | null;
  /** When it is no longer needed; null for progress. */
  expiresAt: Date | null;
}

export const defineAnswerBuckets = (connection: Connection) =>
  defineModel<AnswerBucketDocument>(connection, 'answer_buckets', {
    _id: required(String),
    width: required(String),
    at: required(Date),
    providerId: nullable(String),
    answers: { type: Number, default: 0 },
    degraded: { type: Number, default: 0 },
    labelled: { type: Number, default: 0 },
    confidence: { type: Number, default: 0 },
    corrected: { type: Number, default: 0 },
    agreed: { type: Number, default: 0 },
    labels: opaque,
    others: opaque,
    expiresAt: nullable(Date),
  });

/** The bucket that an answer of this time belongs to. */
export function toBucketId(width: BucketWidth, at: Date, providerId: string): string {
  return `${width} ${toStart(width, at).toISOString()} ${providerId}`;
}

import type { Connection, Types } from 'mongoose';
import { defineModel, opaque, required } from '../define-model.ts';
import type { StoredAnswerCounts } from './answer-counts.ts';

/**
 * What happened to an answer and the buckets do not have yet; of whose job is not said. A `correction` is what changed, and
 * counts only where the answer was in the buckets before: else the job tells it. An `erased` answer is whole, and counts
 * only where it was not in them: its job tells nothing any more. It is here until the next roll-up.
 */
export interface AnswerChangeDocument {
  _id: Types.ObjectId;
  kind: 'correction' | 'erased';
  /** When the job of the answer ended, and who gave it. */
  finishedAt: Date;
  providerId: string;
  counts: StoredAnswerCounts;
}

export const defineAnswerChanges = (connection: Connection) =>
  defineModel<AnswerChangeDocument>(connection, 'answer_changes', {
    kind: required(String),
    finishedAt: required(Date),
    providerId: required(String),
    counts: opaque,
  });

import { Schema, type Connection } from 'mongoose';
import type { BatchCounts, RejectedItem } from '../../contracts/batch.ts';
import type { EvaluationFacts } from '../evaluations/facts.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';
import type { JobDocument } from '../jobs/model.ts';

/**
 * `receiving`: its items arrive. `accepted`: it stands, its items are still to be released. `running`: its jobs are
 * jobs like any other. `finished`: all of them are final. `archived`: none of them is left, as only evaluations outlive.
 */
export type BatchState = 'receiving' | 'accepted' | 'running' | 'finished' | 'archived';

/** Jobs that were submitted together: a batch (`bat_…`), or an evaluation (`evl_…`), which is one in all else. */
export interface BatchDocument {
  _id: string;
  client: string;
  state: BatchState;
  /** Who sends it now; a key that comes twice has two. Whoever is through first makes the batch. */
  uploads: string[];
  /** The upload whose items are the batch's; null while it is `receiving`. */
  uploadId: string | null;
  /** Of the parsed body, where it came with an idempotency key; and the version of the master key. */
  bodyHmac: string | null;
  keyVersion: number | null;
  /** When it was accepted; until then, when it began. */
  createdAt: Date;
  /** When something was done about it last, by the ledger's clock: begun, accepted, looked at. */
  seenAt: Date;
  /** Whose turn it is to look at it; every write of a look filters on it. */
  lookToken: string | null;
  /** How many items were accepted. */
  total: number;
  rejected: RejectedItem[];
  /** As the last look found them. */
  counts: BatchCounts;
  /** The end of the job that ended last; null unless all are final. */
  finishedAt: Date | null;
  /** Set when it finishes, unset when that was relayed. */
  announce?: { eventId: string; at: Date };
  /** Of an evaluation only. */
  evaluation?: EvaluationFacts;
}

/** A job of a batch that is not accepted yet, out of everybody's sight. */
export interface StagedJobDocument {
  /** Batch, upload and index: in order of input within an upload. */
  _id: string;
  job: JobDocument;
}

export const defineBatches = (connection: Connection) =>
  defineModel<BatchDocument>(connection, 'batches', {
    _id: required(String),
    client: required(String),
    state: required(String),
    uploads: { type: [String], default: [] },
    uploadId: nullable(String),
    bodyHmac: nullable(String),
    keyVersion: nullable(Number),
    createdAt: required(Date),
    seenAt: required(Date),
    lookToken: nullable(String),
    total: required(Number),
    rejected: opaque,
    counts: opaque,
    finishedAt: nullable(Date),
    announce: { type: { eventId: String, at: Date, _id: false } },
    evaluation: { type: Schema.Types.Mixed },
  });

export const defineStagedJobs = (connection: Connection) =>
  defineModel<StagedJobDocument>(connection, 'staged_jobs', { _id: required(String), job: opaque });

import type { Connection } from 'mongoose';
import type {
  ClassificationResult,
  DeferredReason,
  JobErrorCode,
  JobState,
  PassedOverReason,
  Pricing,
  ProviderReference,
} from '../../contracts/classification.ts';
import type { FaultKind } from '../../contracts/fault.ts';
import type { Label } from '../../contracts/label.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

/** Who holds a job, until when by the server's clock. Every write of the holder filters on `token`. */
export interface Claim {
  token: string;
  workerId: string;
  leaseUntil: Date;
}

/**
 * Where the spans of a job belong, by W3C `traceparent`s. `parent`: they go on from that span. `link`: it is one of many
 * that came at once, and has a trace of its own from its first claim on, which is then its `parent`.
 */
export interface JobTrace {
  traceparent: string;
  role: 'parent' | 'link';
  /** Of the trace that it had before it was tried again. */
  earlier?: string;
}

/** What a job and its attempts used in all. */
export interface JobUsage {
  inputTokens: number;
  outputTokens: number;
  /** Integer nano-dollars; null where no part of it is known. */
  costNanoUsd: number | null;
  pricing: Pricing;
}

/** A provider's refusal of a job for good, as it was configured then. */
export interface Rejection {
  providerId: string;
  /** Of the provider: once it is changed, it may think otherwise. */
  revision: number;
  fault: FaultKind;
  message: string;
}

/** One job in the ledger. */
export interface JobDocument {
  _id: string;
  client: string;
  state: JobState;
  /** Rises with every enqueue; a queue entry of another generation is dropped at claim. */
  generation: number;
  /** Waits in the ledger, queued or deferred, for the feeder to take it into the window. */
  waiting: boolean;
  /** Of the line that it waits in; see `toRoute`. */
  route: string;
  /** The epoch of the Redis that should hold the entry, and since when; null where it never had one. */
  enqueuedEpoch: string | null;
  enqueuedAt: Date | null;
  /** Since when the queue has it, though `enqueuedAt` rises whenever it is seen there. Absent until it is looked for. */
  inQueueSince?: Date;
  text: string | null;
  labels: Label[] | null;
  classifier: { id: string; name: string; version: number } | null;
  multiLabel: boolean;
  threshold: number | null;
  instructions: string | null;
  explain: boolean;
  priority: number;
  /** Names or ids, in the order in which they are asked; null for any. */
  providers: string[] | null;
  allowDegraded: boolean;
  metadata: Record<string, string>;
  webhookUrl: string | null;
  deadlineMs: number;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  deadlineAt: Date;
  claim: Claim | null;
  /** Token of the claim that settled or deferred the job; null once somebody else has ended it. */
  settledBy: string | null;
  /** Claims in a row whose worker died with no settled attempt. */
  crashes: number;
  attemptCount: number;
  result: ClassificationResult | null;
  /** Whether `local` answered. */
  degraded: boolean;
  /** Whether it did so for others, who were to be asked first. */
  stoodIn?: boolean;
  provider: ProviderReference | null;
  usage: JobUsage;
  deferred: {
    reason: DeferredReason;
    nextTryAt: Date;
    /** The ids of providers that were tried and said "not now". */
    throttledBy?: string[];
    /** Whether nothing but limits that an operator set hold it, and no vendor's "not now"; absent of jobs of before. */
    byLimit?: boolean;
  } | null;
  passedOver: { provider: ProviderReference; reason: PassedOverReason; until: Date | null }[];
  /** Who is not asked again while it waits for others; gone with its end, since it may hold a vendor's words. */
  rejectedBy?: Rejection[] | null;
  error: { code: JobErrorCode; message: string } | null;
  /** Set by every final transition, unset when it was relayed. */
  announce?: { eventId: string; at: Date };
  correction: { labels: string[]; at: Date; by: string } | null;
  batchId: string | null;
  /** When it was erased on demand; nothing of its text or answer is left then. */
  erasedAt: Date | null;
  /** What its sender calls it within its batch. */
  customId?: string | null;
  /** Absent where no traces were taken when it was accepted. */
  trace?: JobTrace;
}

export const defineJobs = (connection: Connection) =>
  defineModel<JobDocument>(connection, 'jobs', {
    _id: required(String),
    client: required(String),
    state: required(String),
    generation: required(Number),
    waiting: required(Boolean),
    route: required(String),
    enqueuedEpoch: nullable(String),
    enqueuedAt: nullable(Date),
    inQueueSince: { type: Date },
    text: nullable(String),
    labels: opaque,
    classifier: opaque,
    multiLabel: required(Boolean),
    threshold: nullable(Number),
    instructions: nullable(String),
    explain: required(Boolean),
    priority: required(Number),
    providers: opaque,
    allowDegraded: required(Boolean),
    metadata: opaque,
    webhookUrl: nullable(String),
    deadlineMs: required(Number),
    createdAt: required(Date),
    startedAt: nullable(Date),
    finishedAt: nullable(Date),
    deadlineAt: required(Date),
    claim: { type: { token: String, workerId: String, leaseUntil: Date, _id: false }, default: null },
    settledBy: nullable(String),
    crashes: required(Number),
    attemptCount: required(Number),
    result: opaque,
    degraded: required(Boolean),
    stoodIn: Boolean,
    provider: opaque,
    usage: opaque,
    deferred: {
      type: {
        reason: String,
        nextTryAt: Date,
        throttledBy: { type: [String], default: undefined },
        byLimit: Boolean,
        _id: false,
      },
      default: null,
    },
    passedOver: opaque,
    rejectedBy: {
      type: [{ providerId: String, revision: Number, fault: String, message: String, _id: false }],
      default: undefined,
    },
    error: opaque,
    announce: { type: { eventId: String, at: Date, _id: false } },
    correction: opaque,
    batchId: nullable(String),
    erasedAt: nullable(Date),
    customId: { type: String },
    trace: { type: { traceparent: String, role: String, earlier: String, _id: false } },
  });

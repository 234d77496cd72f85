import type { Connection } from 'mongoose';
import type { DeliveryState, DeliveryType } from '../../contracts/webhook.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

/** One call of a receiver. It is on record before it is made; without an end, its worker died or still waits. */
export interface DeliveryTry {
  at: Date;
  /** Of the claim that it was made under. */
  token: string;
  httpStatus: number | null;
  durationMs: number | null;
  error: string | null;
}

/** One event for one receiver. `_id` of the event is `eventId`: unique together with the target. */
export interface DeliveryDocument {
  _id: string;
  eventId: string;
  /** Whose turn it is counted to: an endpoint's id, or a client and the host that its jobs name. */
  target: string;
  webhookId: string | null;
  client: string;
  /** Where a job wants its end told; null for an endpoint, which has its own. */
  url: string | null;
  type: DeliveryType;
  jobId: string | null;
  /** The trace of its job, as a W3C `traceparent`; absent where it has none. */
  traceparent?: string;
  /** As it is sent with every try; null once its job is erased. */
  body: string | null;
  /** Made when its job was erased already: an erase finds no words in it, and leaves it to be sent. */
  afterErasure?: true;
  /** Tried once, whatever comes of it, and whether or not its endpoint is enabled: a test. */
  once: boolean;
  state: DeliveryState;
  tries: DeliveryTry[];
  nextTryAt: Date | null;
  /** In the queue or being tried until then; absent where it is neither. */
  heldUntil?: Date;
  /** Token of the try under way, or of one whose worker died. */
  claim: string | null;
  /** When the schedule of tries began, and how many it has made. */
  roundAt: Date;
  roundTries: number;
  createdAt: Date;
  finishedAt: Date | null;
  expiresAt: Date;
}

export const defineDeliveries = (connection: Connection) =>
  defineModel<DeliveryDocument>(connection, 'webhook_deliveries', {
    _id: required(String),
    eventId: required(String),
    target: required(String),
    webhookId: nullable(String),
    client: required(String),
    url: nullable(String),
    type: required(String),
    jobId: nullable(String),
    traceparent: String,
    body: nullable(String),
    afterErasure: Boolean,
    once: required(Boolean),
    state: required(String),
    tries: opaque,
    nextTryAt: nullable(Date),
    heldUntil: Date,
    claim: nullable(String),
    roundAt: required(Date),
    roundTries: required(Number),
    createdAt: required(Date),
    finishedAt: nullable(Date),
    expiresAt: required(Date),
  });

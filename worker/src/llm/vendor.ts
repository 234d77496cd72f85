import type { ClassifyRequest, FaultCause, TokenUsage } from './adapter.ts';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { ErrorBody } from './error-body.ts';
import type { Exchange } from './observed-fetch.ts';

/** How a reply that the transport brought whole ended. */
export type ReplyEnding =
  | 'complete'
  /** At the token limit. */
  | 'cut'
  /** The model declined. */
  | 'refused'
  /** The vendor's filter took the answer away. */
  | 'filtered'
  /** The input and the answer together did not fit the model's window. */
  | 'context_exceeded'
  /** An error in the guise of a 200. */
  | 'failed'
  /** Not the vendor's protocol at all, or without any words. */
  | 'malformed';

/** A vendor's reply in our words; `content` is what the model said, null where it said nothing. */
export interface Reply {
  ending: ReplyEnding;
  content: string | null;
  usage: TokenUsage | null;
  /** The vendor's reason for an ending that is not `complete`. */
  detail: string | null;
  /** The HTTP status that a `failed` reply speaks of, where it does. */
  status: number | null;
}

/**
 * What went wrong, before a vendor's `to-error` has decided what kind of fault it is: from codes, and from the
 * `evidence` of the words, never from words that may repeat a text.
 */
export type Mishap =
  | { at: 'call'; error: unknown; body: ErrorBody; evidence: string }
  | { at: 'reply'; reply: Reply; evidence: string }
  | { at: 'answer'; problem: string };

/** A fault whose message may still carry a key or a text. */
export interface RawFault {
  kind: FaultKind;
  message: string;
  cause?: FaultCause;
}

/** What a vendor's folder supplies; everything else about a remote call is the same for all of them. */
export interface Vendor {
  readonly model: string;
  readonly baseUrl: string;
  /** Whether a server of this type may lack the listing of models. */
  readonly modelsAreOptional: boolean;
  /** One call through the vendor's SDK, down to its parsed body. Throws what the SDK throws. */
  classify(request: ClassifyRequest, exchange: Exchange, signal: AbortSignal): Promise<unknown>;
  listModels(exchange: Exchange, signal: AbortSignal): Promise<unknown>;
  fromResponse(body: unknown): Reply;
  /** The ids of a list of models; null where the body is no such list. */
  fromModels(body: unknown): string[] | null;
  /** The only place that decides the kind of a fault. Rethrows what is a defect of ours. */
  toFault(mishap: Mishap, exchange: Exchange, signal: AbortSignal): RawFault;
}

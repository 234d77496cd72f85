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

/** What the vendor's SDK threw, and of a response with an error status its body and the `evidence` of its words. */
export interface Thrown {
  at: 'call';
  error: unknown;
  body: ErrorBody;
  /** The words that are sure to be the vendor's own, for they repeat no text. */
  evidence: string;
}

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
  /** What the SDK throws where no whole response came. */
  readonly sdkErrors: SdkErrors;
  /**
   * Decides what kind of fault an error status is: from codes, and from the `evidence`, never from words that may repeat
   * a text. Null where the SDK threw for another reason.
   */
  toStatusFault(thrown: Thrown, status: number): RawFault | null;
}

type ErrorClass = abstract new (...args: never) => Error;

/** A time-out may be a kind of connection error. */
export interface SdkErrors {
  timeout: ErrorClass;
  connection: ErrorClass;
}

/** What a fake model says a text is: one label, or several, each with a confidence (0.97 where none is given). */
export type FakeAnswer = string | { name: string; confidence: number }[];

/** How a fake vendor treats one call. Whatever hangs does so until the client goes or the vendor is stopped. */
export type FakeBehaviour =
  /** A valid answer in the form that was asked for; without `answer`, what the vendor's `answer` option says. */
  | { kind: 'answer'; answer?: FakeAnswer }
  /** A well-formed reply with these words as the model's. */
  | { kind: 'say'; content: string }
  /** A reply that ends at the token limit, in the middle of the words. */
  | { kind: 'cut'; content?: string }
  /** The model declines to answer. */
  | { kind: 'refuse'; reason?: string }
  /** The vendor's content filter took the answer away. */
  | { kind: 'filter' }
  /** A well-formed reply without any words. */
  | { kind: 'empty' }
  /** A 200 with any body; a string is sent as it stands. */
  | { kind: 'body'; body: unknown; contentType?: string }
  /** An error status with the vendor's own form of error, or with `body`. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: unknown }
  /** A 200 with a page, as a proxy or a captive portal sends. */
  | { kind: 'html' }
  /** A 200 whose JSON is broken off although the transport ends well. */
  | { kind: 'malformed' }
  /** Takes the request and never sends a byte. */
  | { kind: 'hang' }
  /** Headers (of a 200 unless said) and half of a body, then nothing more. */
  | { kind: 'stall'; status?: number }
  /** A valid answer, a byte at a time. */
  | { kind: 'drip'; everyMs: number }
  /** The connection is reset before any answer. */
  | { kind: 'reset' }
  /** The connection closes after half of the body that was announced. */
  | { kind: 'truncate' }
  /** Waits, then does as `then` says (an answer by default). */
  | { kind: 'delay'; ms: number; then?: FakeBehaviour }
  /** Waits for the test, then does as `then` says (an answer by default). */
  | { kind: 'held'; until: Promise<unknown>; then?: FakeBehaviour };

/** How the words of a fake model ended. */
export type FakeEnding = 'complete' | 'cut' | 'refused' | 'filtered' | 'empty';

export interface FakeWords {
  content: string;
  ending: FakeEnding;
}

/** What a classification call asked for, as read from its prompt and its answer schema. */
export interface FakeQuestion {
  model: string;
  text: string;
  labels: string[];
  /** Whether the answer is a list (`multiLabel`) rather than one label. */
  wantsList: boolean;
  wantsRationale: boolean;
}

/** A vendor's wire protocol, as far as classifying and listing models need it. */
export interface FakeProtocol {
  /** Path of the base URL that an operator would enter. */
  basePath: string;
  classifyPath: string;
  requestIdHeader: string;
  /** The key that the call carries. */
  readKey(headers: Record<string, string | undefined>): string | undefined;
  readQuestion(body: Record<string, unknown>): FakeQuestion;
  /** What the vendor finds wrong with a call before any model sees it; null where nothing. */
  findFault(
    body: Record<string, unknown>,
    headers: Record<string, string | undefined>,
  ): { status: number; message: string; param?: string } | null;
  toReply(words: FakeWords, body: Record<string, unknown>, requestId: string): unknown;
  toError(status: number, message: string, requestId: string, param?: string): unknown;
  toModels(models: string[]): unknown;
}

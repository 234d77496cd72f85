import type { ClassificationResult } from '@understudy/shared/contracts/classification';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import type { ProviderType, RemoteConfiguration } from '@understudy/shared/contracts/provider';
import type { BreakCause } from '../net/network-error.ts';

/** A set of labels as a model is told of it, whether it came inline or from a classifier. */
export interface LabelSet {
  labels: { name: string; description: string | null; examples: string[] }[];
  multiLabel: boolean;
  /** Least confidence of an answered label with `multiLabel`, 0..1. */
  threshold: number | null;
  instructions: string | null;
  /** Stays the same as long as the labels do (`clf_…@3`); null for inline labels. */
  cacheKey: string | null;
}

export interface ClassifyRequest {
  text: string;
  labelSet: LabelSet;
  /** Whether a rationale is wanted. */
  explain: boolean;
  /** An earlier answer of the same model that did not fit, and what was wrong with it: ask for a corrected one. */
  repair: { answer: string; problem: string } | null;
}

/** Tokens of one call. `inputTokens` is everything that was read, cached or not; the cached part is also apart. */
export interface TokenUsage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens: number;
}

/** Where a call broke, where the kind of its fault leaves that open. `page`: a web page came in place of the API. */
export type FaultCause = BreakCause | 'private' | 'redirect' | 'page' | 'cut';

/** What went wrong with one call, in our words; `message` is safe to store and show (no key, no text). */
export interface Fault {
  kind: FaultKind;
  message: string;
  cause?: FaultCause;
  /** The connection never stood. */
  unsent?: true;
  /** The HTTP status, where one came. */
  status: number | null;
  /** The vendor's id of the request. */
  requestId: string | null;
  /** How long the vendor asks us to wait; null where it does not say. */
  retryAfterMs: number | null;
  /** What was used all the same (a cut or invalid answer is billed). */
  usage: TokenUsage | null;
  /** The model's unusable answer, where there is one that a repair could start from. */
  answer: string | null;
}

/** A fault of which nothing is known but its kind and what to say of it. */
export const toBareFault = (kind: FaultKind, message: string): Fault => ({
  kind,
  message,
  status: null,
  requestId: null,
  retryAfterMs: null,
  usage: null,
  answer: null,
});

export type ClassifyOutcome =
  | {
      ok: true;
      result: ClassificationResult;
      usage: TokenUsage | null;
      requestId: string | null;
      status: number | null;
      /** The model that the vendor says it was, where it does. */
      model?: string | null;
    }
  | { ok: false; fault: Fault };

export type ModelsOutcome = { ok: true; models: string[] | null } | { ok: false; fault: Fault };

/**
 * One provider as the dispatcher sees it. Both calls return their outcome and throw only on a defect of ours;
 * both end when `signal` aborts, at once and down to the socket, with a fault `silent` (no byte of an answer
 * had come) or `timeout` (some had).
 */
export interface Adapter {
  readonly model: string;
  /** Where it is called; absent for one on this machine, or that cannot be called at all. */
  readonly baseUrl?: string;
  classify(request: ClassifyRequest, signal: AbortSignal): Promise<ClassifyOutcome>;
  /** Lists the models that the key can use, free of charge; null where the vendor cannot say. */
  listModels(signal: AbortSignal): Promise<ModelsOutcome>;
  /**
   * The same server, called without the key: what it lists then says nothing of the key. Absent where no key is sent,
   * or where the vendor is known to list to nobody without one.
   */
  readonly keyless?: Pick<Adapter, 'listModels'>;
  /** Lets go of what it holds (index, threads). Safe to call twice. */
  close(): Promise<void>;
}

/** Of what is configured of a remote provider, what concerns its adapter. */
export type ModelConfiguration = Pick<RemoteConfiguration, 'model' | 'maxOutputTokens'>;

/**
 * All that the adapter of a provider is made from, with its key in the clear: as long as this stays the same, so does
 * the adapter. Lives in a worker's memory only.
 */
export interface ProviderConnection {
  id: string;
  type: ProviderType;
  baseUrl: string | null;
  apiKey: string | null;
  /** Null for `local`, of which nothing concerns the adapter. */
  configuration: ModelConfiguration | null;
}

export interface AdapterDeps {
  /** Every call of an adapter goes through this; tests and drills put their own in front. */
  fetch: typeof globalThis.fetch;
}

export type CreateAdapter = (connection: ProviderConnection, deps: AdapterDeps) => Adapter;

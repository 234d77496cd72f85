import type { AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { Fault, TokenUsage } from '../llm/adapter.ts';
import type { PooledProvider } from '../providers/provider-pool.ts';
import type { CallOutcome } from './call-adapter.ts';
import { isUnfinished } from './faults.ts';
import { priceCall } from './price-call.ts';
import type { UpperBound } from './upper-bound.ts';

/**
 * A call that is over: `overtaken` where another provider answered first, `not_begun` where its attempt was on
 * record, but the time or the claim was gone by then.
 */
export type EndedCall = CallOutcome | { kind: 'overtaken'; fault: Fault } | { kind: 'not_begun' };

export interface AttemptEndInput {
  pooled: PooledProvider;
  /** What a call whose tokens nobody told is taken to have cost. */
  bound: UpperBound;
  outcome: EndedCall;
  startedAt: Date;
  durationMs: number;
  /** What to say of a call that the caller ended. */
  abortMessage: string;
}

type Cost = Pick<AttemptEnd, 'inputTokens' | 'outputTokens' | 'costNanoUsd' | 'pricing' | 'priceVersion'>;

/** How an attempt goes on record, with what it cost as far as that is known. */
export function toAttemptEnd(input: AttemptEndInput): AttemptEnd {
  const { outcome, abortMessage } = input;
  const durationMs = Math.round(input.durationMs);
  switch (outcome.kind) {
    case 'answered': {
      const { status, requestId, usage } = outcome;
      const cost = usage ? toCost(input, usage) : estimateCost(input);
      return { outcome: 'succeeded', fault: null, message: null, status, requestId, durationMs, ...cost };
    }
    case 'faulted': {
      const { kind: fault, message, status, requestId, usage } = outcome.fault;
      const cost = usage ? toCost(input, usage) : mayBeBilled(outcome.fault) ? estimateCost(input) : FREE;
      return { outcome: 'failed', fault, message, status, requestId, durationMs, ...cost };
    }
    case 'overtaken': {
      const { kind: fault, status, requestId } = outcome.fault;
      const aborted = { outcome: 'aborted' as const, fault, message: OVERTAKEN, status, requestId };
      return { ...aborted, durationMs, ...estimateCost(input) };
    }
    case 'aborted':
      return { ...NO_ANSWER, outcome: 'aborted', message: abortMessage, durationMs, ...estimateCost(input) };
    case 'not_begun':
      return toUnmadeEnd(abortMessage, durationMs);
    case 'defect': {
      const message = 'The call ended in an error of the service itself.';
      return { ...NO_ANSWER, outcome: 'failed', message, durationMs, ...estimateCost(input) };
    }
  }
}

/** Of an attempt that is on record, and whose call was not made. */
export function toUnmadeEnd(message: string, durationMs: number): AttemptEnd {
  return { ...NO_ANSWER, outcome: 'aborted', message, durationMs, ...FREE };
}

const OVERTAKEN = 'Another provider answered first.';
const NO_ANSWER = { fault: null, status: null, requestId: null };
const FREE: Cost = { inputTokens: 0, outputTokens: 0, costNanoUsd: 0, pricing: 'free', priceVersion: null };

/** What stands between says that it waited too long (504, Cloudflare's 524): whoever is behind it may have answered. */
const GIVEN_UP_BETWEEN = new Set([504, 524]);

/**
 * A call that was cut, by us or on its way, whose connection broke with no status, whose answer was no use, or whose good
 * status came without the tokens, was perhaps worked on; one that was refused, or never sent, was not.
 */
function mayBeBilled({ kind, status, unsent }: Fault): boolean {
  if (unsent) return false;
  if (isUnfinished(kind) || kind === 'invalid_output' || (status !== null && GIVEN_UP_BETWEEN.has(status)))
    return true;
  return status === null ? kind === 'network' : status >= 200 && status < 300;
}

function toCost({ pooled, startedAt }: AttemptEndInput, usage: TokenUsage): Cost {
  const { inputTokens, outputTokens } = usage;
  return { inputTokens, outputTokens, ...priceCall(pooled, usage, startedAt) };
}

/** The upper bound, for a call whose tokens nobody told; they stay 0, since they are not known. */
function estimateCost({ bound: { price } }: AttemptEndInput): Cost {
  const pricing = price.pricing === 'priced' ? 'estimated' : price.pricing;
  return { ...price, inputTokens: 0, outputTokens: 0, pricing };
}

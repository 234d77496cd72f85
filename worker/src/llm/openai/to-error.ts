import type { FaultKind } from '@understudy/shared/contracts/fault';
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { describeStatus, toHttpFaultKind } from '../http-fault.ts';
import type { Exchange } from '../observed-fetch.ts';
import { toReplyFault } from '../reply-fault.ts';
import { toTransportFault } from '../transport-fault.ts';
import type { Mishap, RawFault } from '../vendor.ts';

/** Codes that say more than their status. https://platform.openai.com/docs/guides/error-codes */
const BY_CODE = new Map<string, FaultKind>([
  ['context_length_exceeded', 'context_length'],
  ['exceed_context_size_error', 'context_length'],
  ['insufficient_quota', 'quota'],
  ['account_deactivated', 'forbidden'],
  ['content_filter', 'content_filter'],
  ['content_policy_violation', 'content_filter'],
  ['invalid_prompt', 'content_filter'],
  // Groq's, for an answer that is not of the form that was asked for.
  ['json_validate_failed', 'invalid_output'],
]);
/** A reasoning model that thought until the limit was reached may answer so, in place of a reply that was cut. */
const CUT = /could not finish the message|output limit was reached/i;

type Thrown = Extract<Mishap, { at: 'call' }>;

/** Decides what kind of fault a mishap with a chat completion is. Rethrows what is a defect of ours. */
export function toFault(mishap: Mishap, exchange: Exchange, signal: AbortSignal): RawFault {
  switch (mishap.at) {
    case 'call':
      return fromThrown(mishap, exchange, signal);
    case 'reply':
      return toReplyFault(mishap.reply, mishap.evidence);
    case 'answer':
      return { kind: 'invalid_output', message: `The answer is not valid. ${mishap.problem}` };
  }
}

function fromThrown({ error, body, evidence }: Thrown, exchange: Exchange, signal: AbortSignal): RawFault {
  const { response } = exchange;
  if (!signal.aborted && response && error instanceof APIError && error.status !== undefined) {
    const message = describeStatus(response.status, body);
    if (response.status === 400 && CUT.test(evidence))
      return { kind: 'invalid_output', message, cause: 'cut' };
    const kind =
      BY_CODE.get(body.code) ??
      BY_CODE.get(body.type) ??
      toHttpFaultKind(response.status, body.code, evidence);
    return { kind, message };
  }
  const fault = toTransportFault(error, exchange, signal, nameOf(error));
  if (fault) return fault;
  throw error;
}

/** The time-out is asked for first, since it is a kind of connection error. */
function nameOf(error: unknown): 'timeout' | 'connection' | null {
  if (error instanceof APIConnectionTimeoutError) return 'timeout';
  return error instanceof APIConnectionError ? 'connection' : null;
}

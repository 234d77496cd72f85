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
]);

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
    const kind =
      BY_CODE.get(body.code) ??
      BY_CODE.get(body.type) ??
      toHttpFaultKind(response.status, body.code, evidence);
    return { kind, message: describeStatus(response.status, body) };
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

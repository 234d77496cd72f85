import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import { describeStatus, toHttpFaultKind } from '../http-fault.ts';
import type { Exchange } from '../observed-fetch.ts';
import { toReplyFault } from '../reply-fault.ts';
import { toTransportFault } from '../transport-fault.ts';
import type { Mishap, RawFault } from '../vendor.ts';

/** Codes in `error.details` that say more than the status (the SDK's own list of them). */
const BY_CODE = new Map<string, FaultKind>([
  ['contract_spend_limit_reached', 'quota'],
  ['enforced_spend_limit_reached', 'quota'],
  ['linked_organization_billing_unavailable', 'quota'],
  ['linked_organization_spend_limit_reached', 'quota'],
  ['organization_on_hold', 'forbidden'],
  ['cmek_key_disabled', 'forbidden'],
  ['request_body_too_large_after_decoding', 'context_length'],
]);

/** Types that hold whatever the status (https://docs.anthropic.com/en/api/errors). */
const BY_TYPE = new Map<string, FaultKind>([
  ['authentication_error', 'unauthenticated'],
  ['billing_error', 'quota'],
  ['permission_error', 'forbidden'],
  ['overloaded_error', 'overloaded'],
  ['request_too_large', 'context_length'],
]);

type Thrown = Extract<Mishap, { at: 'call' }>;

/** Decides what kind of fault a mishap with a message is. Rethrows what is a defect of ours. */
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
      BY_CODE.get(error.errorCode ?? '') ??
      BY_TYPE.get(body.type) ??
      toStatusKind(response.status, body.code, evidence);
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

function toStatusKind(status: number, code: string, evidence: string): FaultKind {
  if (status === 400 && /organization has been disabled/i.test(evidence)) return 'forbidden';
  return toHttpFaultKind(status, code, evidence);
}

import { APIConnectionError, APIConnectionTimeoutError, APIError } from '@anthropic-ai/sdk';
import type { FaultKind } from '@understudy/shared/contracts/fault';
import { describeStatus, toHttpFaultKind } from '../http-fault.ts';
import type { RawFault, SdkErrors, Thrown } from '../vendor.ts';

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

export const sdkErrors: SdkErrors = { timeout: APIConnectionTimeoutError, connection: APIConnectionError };

/** The fault that an error status in answer to a message is; null where the SDK threw for another reason. */
export function toStatusFault({ error, body, evidence }: Thrown, status: number): RawFault | null {
  if (!(error instanceof APIError) || error.status === undefined) return null;
  const kind =
    BY_CODE.get(error.errorCode ?? '') ?? BY_TYPE.get(body.type) ?? toStatusKind(status, body.code, evidence);
  return { kind, message: describeStatus(status, body) };
}

function toStatusKind(status: number, code: string, evidence: string): FaultKind {
  if (status === 400 && /organization has been disabled/i.test(evidence)) return 'forbidden';
  return toHttpFaultKind(status, code, evidence);
}

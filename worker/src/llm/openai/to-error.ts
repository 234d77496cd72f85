import type { FaultKind } from '@understudy/shared/contracts/fault';
import { APIConnectionError, APIConnectionTimeoutError, APIError } from 'openai';
import { describeStatus, toHttpFaultKind } from '../http-fault.ts';
import type { RawFault, SdkErrors, Thrown } from '../vendor.ts';

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

export const sdkErrors: SdkErrors = { timeout: APIConnectionTimeoutError, connection: APIConnectionError };

/** The fault that an error status in answer to a chat completion is; null where the SDK threw for another reason. */
export function toStatusFault({ error, body, evidence }: Thrown, status: number): RawFault | null {
  if (!(error instanceof APIError) || error.status === undefined) return null;
  const message = describeStatus(status, body);
  if (status === 400 && CUT.test(evidence)) return { kind: 'invalid_output', message, cause: 'cut' };
  const kind =
    BY_CODE.get(body.code) ?? BY_CODE.get(body.type) ?? toHttpFaultKind(status, body.code, evidence);
  return { kind, message };
}

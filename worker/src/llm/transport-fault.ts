import { PrivateAddressError } from '@understudy/shared/net/private-address-error';
import { readNetworkError } from '../net/network-error.ts';
import { BodyTooLargeError, type Exchange } from './observed-fetch.ts';
import type { RawFault } from './vendor.ts';

/**
 * The fault of a call that ended without a usable response: ours to end it (by `signal`), a time-out of the
 * network stack, a body that was no JSON, or a broken connection. Null for an error of any other origin.
 * `named` is what the SDK makes of the error.
 */
export function toTransportFault(
  error: unknown,
  { response }: Exchange,
  signal: AbortSignal,
  named: 'timeout' | 'connection' | null,
): RawFault | null {
  const { chain, code, isTimeOut, known } = readNetworkError(error);
  if (signal.aborted || named === 'timeout' || isTimeOut) {
    return response
      ? { kind: 'timeout', message: 'The answer had begun, but was not complete in time.' }
      : { kind: 'silent', message: 'No byte of an answer came in time.' };
  }
  if (chain.some((link) => link instanceof BodyTooLargeError)) {
    return { kind: 'invalid_output', message: 'The answer was larger than any valid one.' };
  }
  const refusal = chain.find((link) => link instanceof PrivateAddressError);
  if (refusal) {
    return { kind: 'network', message: `The call was not made: ${refusal.message}.`, cause: 'private' };
  }
  if (error instanceof SyntaxError) {
    return { kind: 'invalid_output', message: 'The answer was not valid JSON.' };
  }
  const isBroken = chain.some((link) => /^(terminated|fetch failed)$/.test(link.message));
  if (code === null && named === null && !isBroken) return null;
  if (!known) {
    return {
      kind: 'network',
      message: `The connection failed: ${chain.at(-1)?.message ?? 'no reason given'}`,
    };
  }
  const where = response ? ' in the middle of the answer' : '';
  return { kind: 'network', message: `${known.meaning}${where} (${code}).`, cause: known.cause };
}

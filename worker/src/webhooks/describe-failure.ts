import { PrivateAddressError } from '@understudy/shared/net/private-address-error';
import { readNetworkError } from '../net/network-error.ts';

/** A sentence on a status that is no success; what the receiver said besides is its own affair. */
export function describeStatus(status: number): string {
  if (status >= 300 && status < 400) return `The receiver redirected (${status}), which is not followed.`;
  if (status === 410) return 'The receiver is gone for good (410).';
  return `The receiver answered ${status}.`;
}

/** A sentence on a call that came to no answer. `timedOut` says that it was we who ended it. */
export function describeFailure(error: unknown, timedOut: boolean): string {
  if (timedOut) return 'The receiver did not answer in time, down to its last byte.';
  const { chain, code, isTimeOut, known } = readNetworkError(error);
  const refusal = chain.find((link) => link instanceof PrivateAddressError);
  if (refusal) return `The call was not made: ${refusal.message}.`;
  const meaning = isTimeOut
    ? 'No connection came about in time'
    : (known?.meaning ?? 'The connection failed');
  return `${meaning} (${code ?? 'no code'}).`;
}

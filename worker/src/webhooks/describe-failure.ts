import { PrivateAddressError } from '@understudy/shared/net/private-address-error';

/** What the codes of Node's network stack mean to whoever runs the receiver. */
const NAMED: [RegExp, string][] = [
  [/^ECONNREFUSED$/, 'The connection was refused'],
  [/^(ENOTFOUND|EAI_)/, 'The host name could not be resolved'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'The connection was reset'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'No connection came about in time'],
  [/^(EHOSTUNREACH|ENETUNREACH)$/, 'The host could not be reached'],
  [/^(CERT_|DEPTH_|UNABLE_TO_|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO)/, 'The secure connection failed'],
  [/^HPE_/, 'The answer was not HTTP'],
];

/** A sentence on a status that is no success; what the receiver said besides is its own affair. */
export function describeStatus(status: number): string {
  if (status >= 300 && status < 400) return `The receiver redirected (${status}), which is not followed.`;
  if (status === 410) return 'The receiver is gone for good (410).';
  return `The receiver answered ${status}.`;
}

/** A sentence on a call that came to no answer. `timedOut` says that it was we who ended it. */
export function describeFailure(error: unknown, timedOut: boolean): string {
  if (timedOut) return 'The receiver did not answer in time, down to its last byte.';
  if (error instanceof PrivateAddressError) return `The call was not made: ${error.message}.`;
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code =
    first instanceof Error && 'code' in first && typeof first.code === 'string' ? first.code : 'no code';
  const meaning = NAMED.find(([pattern]) => pattern.test(code))?.[1] ?? 'The connection failed';
  return `${meaning} (${code}).`;
}

import { PrivateAddressError } from '@understudy/shared/net/private-address-error';
import { BodyTooLargeError, type Exchange } from './observed-fetch.ts';
import type { FaultCause } from './adapter.ts';
import type { RawFault } from './vendor.ts';

/** What the codes of Node's network stack mean to an operator. */
const NAMED: [RegExp, FaultCause, string][] = [
  [/^ECONNREFUSED$/, 'refused', 'The connection was refused'],
  [/^(ENOTFOUND|EAI_)/, 'dns', 'The host name could not be resolved'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'reset', 'The connection was reset'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/, 'unreachable', 'The host could not be reached'],
  [/^(CERT_|DEPTH_|UNABLE_TO_|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO)/, 'tls', 'The secure connection failed'],
  [/^(HPE_|HTTPParserError$)/, 'not_http', 'The answer was not HTTP'],
];

const TIMED_OUT = /^(UND_ERR_(HEADERS|BODY|CONNECT)_TIMEOUT|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

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
  const chain = toChain(error);
  const codes = chain.map(toCode);
  if (signal.aborted || named === 'timeout' || codes.some((code) => TIMED_OUT.test(code))) {
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
  const code = codes.findLast((entry) => entry !== '');
  const isBroken = chain.some((link) => /^(terminated|fetch failed)$/.test(link.message));
  if (code === undefined && named === null && !isBroken) return null;
  const known = NAMED.find(([pattern]) => pattern.test(code ?? ''));
  if (!known) {
    return {
      kind: 'network',
      message: `The connection failed: ${chain.at(-1)?.message ?? 'no reason given'}`,
    };
  }
  const where = response ? ' in the middle of the answer' : '';
  const [, cause, meaning] = known;
  return { kind: 'network', message: `${meaning}${where} (${code}).`, cause };
}

/** Its code; undici's parser leaves it out for an answer that is no HTTP from its first byte. */
function toCode(link: Error): string {
  if ('code' in link && typeof link.code === 'string') return link.code;
  return link.name === 'HTTPParserError' ? link.name : '';
}

/** An error and its causes, outermost first; of several that were tried at once (two addresses), the first. */
function toChain(error: unknown): Error[] {
  const chain: Error[] = [];
  let link = error;
  while (link instanceof Error && chain.length < 8) {
    chain.push(link);
    link = link.cause ?? (link instanceof AggregateError ? link.errors[0] : undefined);
  }
  return chain;
}

/** Where a connection broke. */
export type BreakCause = 'dns' | 'refused' | 'reset' | 'unreachable' | 'tls' | 'not_http';

/** What an error of a call says of the network. */
export interface NetworkError {
  /** The error and its causes, outermost first; of several that were tried at once (two addresses), the first. */
  chain: Error[];
  /** The innermost code; null where none of them has one. */
  code: string | null;
  /** Whether the network stack itself gave up waiting. */
  isTimeOut: boolean;
  /** What the code means to an operator; null where that is not known. */
  known: { cause: BreakCause; meaning: string } | null;
}

/** What the codes of Node's network stack mean. */
const NAMED: [RegExp, BreakCause, string][] = [
  [/^ECONNREFUSED$/, 'refused', 'The connection was refused'],
  [/^(ENOTFOUND|EAI_)/, 'dns', 'The host name could not be resolved'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'reset', 'The connection was reset'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/, 'unreachable', 'The host could not be reached'],
  [/^(CERT_|DEPTH_|UNABLE_TO_|SELF_SIGNED|ERR_TLS|ERR_SSL|EPROTO)/, 'tls', 'The secure connection failed'],
  [/^(HPE_|HTTPParserError$)/, 'not_http', 'The answer was not HTTP'],
];

const TIMED_OUT = /^(UND_ERR_(HEADERS|BODY|CONNECT)_TIMEOUT|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

export function readNetworkError(error: unknown): NetworkError {
  const chain = toChain(error);
  const codes = chain.map(toCode).filter((code) => code !== null);
  const code = codes.at(-1) ?? null;
  const named = code === null ? undefined : NAMED.find(([pattern]) => pattern.test(code));
  return {
    chain,
    code,
    isTimeOut: codes.some((entry) => TIMED_OUT.test(entry)),
    known: named ? { cause: named[1], meaning: named[2] } : null,
  };
}

/** Its code; undici's parser leaves it out for an answer that is no HTTP from its first byte. */
function toCode(link: Error): string | null {
  if ('code' in link && typeof link.code === 'string' && link.code !== '') return link.code;
  return link.name === 'HTTPParserError' ? link.name : null;
}

function toChain(error: unknown): Error[] {
  const chain: Error[] = [];
  let link = error;
  while (link instanceof Error && chain.length < 8) {
    chain.push(link);
    link = link.cause ?? (link instanceof AggregateError ? link.errors[0] : undefined);
  }
  return chain;
}

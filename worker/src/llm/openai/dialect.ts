import type { ErrorBody } from '../error-body.ts';

/** Parameters of a chat completion that models and servers disagree about. */
export interface Dialect {
  format: 'json_schema' | 'json_object' | 'none';
  /** The names to try for the bound on the answer's tokens, best first; with none left there is no bound. */
  limits: ('max_completion_tokens' | 'max_tokens')[];
  temperature: boolean;
  effort: 'low' | null;
}

/** What OpenAI's own models take: reasoning models have a fixed temperature, and no need to think long here. */
export function openAiDialect(model: string): Dialect {
  const reasons = /^(o\d|gpt-([5-9]|\d\d))/.test(model) && !/chat|-pro/.test(model);
  return {
    format: 'json_schema',
    limits: ['max_completion_tokens', 'max_tokens'],
    temperature: !reasons,
    effort: reasons ? 'low' : null,
  };
}

/** What the most compatible servers take: they know the older name of the bound. */
export const compatibleDialect: Dialect = {
  format: 'json_schema',
  limits: ['max_tokens', 'max_completion_tokens'],
  temperature: true,
  effort: null,
};

const REFUSED =
  /unsupported|not (be )?support|not allowed|not permitted|unknown|unrecognized|unexpected|invalid|unavailable|must be|extra (inputs|fields)|no endpoints|does ?n.t support/i;

/** A schema that is too much, as gateways pass it on from Anthropic, says nothing of the format's name. */
const TOO_COMPLEX = /compiled grammar|too complex for compilation/i;

/** What a server refused of a dialect. */
export interface Refusal {
  /** A dialect without it; the same one where that had no part in it. */
  leaveOut(dialect: Dialect): Dialect;
  /** Whether it holds for other calls: a schema that is refused for its labels does not. */
  lasting: boolean;
}

/** Which of these parameters a server refused; null where it refused something else. */
export function toRefusal(
  { format, limits: [limit], temperature, effort }: Dialect,
  status: number,
  { message, code, param }: ErrorBody,
): Refusal | null {
  if (![400, 404, 422, 501].includes(status)) return null;
  const words = `${param} ${code} ${message}`;
  const isTooComplex = TOO_COMPLEX.test(message);
  if (!isTooComplex && !REFUSED.test(words)) return null;
  const names = (pattern: RegExp) => pattern.test(param) || (param === '' && pattern.test(message));

  const namesFormat = names(/response_format|json_schema|json_object|structured output|guided/i);
  if (format !== 'none' && (isTooComplex || namesFormat)) {
    const next = format === 'json_schema' ? 'json_object' : 'none';
    return {
      leaveOut: (dialect) => (dialect.format === format ? { ...dialect, format: next } : dialect),
      lasting: !isTooComplex && !/invalid[_ ](json[_ ])?schema/i.test(words),
    };
  }
  if (temperature && names(/temperature/)) {
    return { leaveOut: (dialect) => ({ ...dialect, temperature: false }), lasting: true };
  }
  if (effort && names(/reasoning/)) {
    return { leaveOut: (dialect) => ({ ...dialect, effort: null }), lasting: true };
  }
  if (
    limit &&
    names(new RegExp(`(^|\\W)${limit}`)) &&
    !/too (large|small|high|low)|at (most|least)/i.test(message)
  ) {
    const leaveOut = (dialect: Dialect) => ({
      ...dialect,
      limits: dialect.limits.filter((name) => name !== limit),
    });
    return { leaveOut, lasting: true };
  }
  return null;
}

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

/**
 * The dialect to try after a server refused one of these parameters; null where it refused something else.
 * `lasting` says whether that holds for other calls: a schema that is refused for its labels does not.
 */
export function nextDialect(
  dialect: Dialect,
  status: number,
  { message, code, param }: ErrorBody,
): { dialect: Dialect; lasting: boolean } | null {
  if (![400, 404, 422, 501].includes(status)) return null;
  const words = `${param} ${code} ${message}`;
  if (!REFUSED.test(words)) return null;
  const names = (pattern: RegExp) => pattern.test(param) || (param === '' && pattern.test(message));

  if (
    dialect.format !== 'none' &&
    names(/response_format|json_schema|json_object|structured output|guided/i)
  ) {
    const format = dialect.format === 'json_schema' ? 'json_object' : 'none';
    return { dialect: { ...dialect, format }, lasting: !/invalid[_ ](json[_ ])?schema/i.test(words) };
  }
  if (dialect.temperature && names(/temperature/)) {
    return { dialect: { ...dialect, temperature: false }, lasting: true };
  }
  if (dialect.effort && names(/reasoning/)) {
    return { dialect: { ...dialect, effort: null }, lasting: true };
  }
  const [limit] = dialect.limits;
  if (
    limit &&
    names(new RegExp(`(^|\\W)${limit}`)) &&
    !/too (large|small|high|low)|at (most|least)/i.test(message)
  ) {
    return { dialect: { ...dialect, limits: dialect.limits.slice(1) }, lasting: true };
  }
  return null;
}

import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/** Fields that must not reach a log, wherever in an object they stand (two levels are searched). */
const SECRET_FIELDS = [
  'apiKey',
  'authorization',
  'cookie',
  'token',
  'text',
  'secret',
  'password',
  'masterKeys',
];

/**
 * Written beside the work, so that a slow reader holds up nobody. pino waits in `flush` only where `minLength` is set.
 */
export const openStandardOutput = () => pino.destination({ dest: 1, minLength: 1 });

/**
 * A JSON logger, on standard output where no destination is given. Errors are logged by type, message, code and stack
 * only, and without what they quote: what vendors and drivers hang on their errors may hold keys or texts.
 */
export function createLogger(options: {
  role: string;
  level: string;
  destination?: DestinationStream;
  /** What every line has besides, as of the moment in which it is written. */
  mixin?: () => object;
}): Logger {
  return pino(
    {
      level: options.level,
      base: { role: options.role, pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: {
        paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
        censor: '[redacted]',
      },
      serializers: { err: toLoggedError, error: toLoggedError },
      ...(options.mixin && { mixin: options.mixin }),
    },
    options.destination ?? openStandardOutput(),
  );
}

/** Where V8, MongoDB and Mongoose quote what they were given. */
const QUOTES: [RegExp, string][] = [
  [/(\.{3})?"(?:(?!\n {4}at )[\s\S])*"(\.{3})? is not valid JSON/g, '[text] is not valid JSON'],
  [/dup key: \{(?:(?!\n {4}at )[\s\S])*\}/g, 'dup key: [redacted]'],
  [/failed for value (?:(?!\n {4}at )[\s\S])* at path/g, 'failed for a value at path'],
];

function toLoggedError(error: unknown): object {
  if (!(error instanceof Error)) return { message: withoutQuotes(String(error)).slice(0, 500) };
  const { type, message, stack } = stdSerializers.err(error);
  const code = 'code' in error ? error.code : undefined;
  return {
    type,
    message: withoutQuotes(message).slice(0, 2_000),
    code,
    stack: withoutQuotes(stack ?? '').slice(0, 4_000),
  };
}

function withoutQuotes(text: string): string {
  return QUOTES.reduce((left, [quote, mark]) => left.replace(quote, mark), text);
}

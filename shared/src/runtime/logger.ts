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
 * A JSON logger, on standard output where no destination is given. Errors are logged by type, message, code and stack only: what vendors and
 * drivers hang on their errors (requests, documents) may hold keys or texts.
 */
export function createLogger(options: {
  role: string;
  level: string;
  destination?: DestinationStream;
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
    },
    options.destination ?? pino.destination(1),
  );
}

function toLoggedError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error).slice(0, 500) };
  const { type, message, stack } = stdSerializers.err(error);
  const code = 'code' in error ? error.code : undefined;
  return { type, message: message.slice(0, 2_000), code, stack: stack?.slice(0, 4_000) };
}

import * as z from 'zod';
import { ConfigError } from './errors.ts';
import { safeParseMongodbAddress } from './net/mongodb-address.ts';
import { safeParsePrivateHost } from './net/private-hosts.ts';

const port = z.coerce.number('must be a number').int().min(0).max(65_535, 'must be a port, 0 to 65535');
const count = (fallback: number, max: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(1, 'must be at least 1')
    .max(max, `must be at most ${max}`)
    .default(fallback);

/** A key ring as it stands in UNDERSTUDY_MASTER_KEYS; the first key encrypts, all of them decrypt. */
export type MasterKeys = [MasterKey, ...MasterKey[]];

export interface MasterKey {
  version: number;
  key: Buffer;
}

/** 32 bytes in base64, the URL's alphabet too. Strict, since Node skips over what is no base64 at all. */
const KEY_FORM = /^([1-9]\d{0,8}):([A-Za-z0-9+/_-]{43}=?)$/;

const masterKeys = z.string('is required').transform((value, ctx): MasterKeys => {
  const keys = value.split(',').map((entry) => {
    const [, version, encoded] = KEY_FORM.exec(entry.trim()) ?? [];
    const key = Buffer.from(encoded ?? '', 'base64');
    return key.length === 32 ? { version: Number(version), key } : null;
  });
  const [first, ...others] = keys;
  const isUnique = new Set(keys.map((key) => key?.version)).size === keys.length;
  if (!first || others.includes(null) || !isUnique) {
    ctx.addIssue('must be VERSION:KEY[,VERSION:KEY…], each version once, each key 32 bytes in base64');
    return z.NEVER;
  }
  if (new Set(keys.map((key) => key?.key.toString('hex'))).size < keys.length) {
    ctx.addIssue('has the same key under two versions');
    return z.NEVER;
  }
  return [first, ...others.filter((key) => key !== null)];
});

const toAddressFault = (example: string) => `must be an address such as ${example}`;

/** Elsewhere it is known by how it begins, so it is kept without spaces around it and with its scheme in small letters. */
const url = (protocols: string[], example: string) =>
  z
    .string('is required')
    .trim()
    .overwrite((value) => value.replace(/^[a-z]+:/i, (protocol) => protocol.toLowerCase()))
    .refine(
      (value) => protocols.some((protocol) => value.startsWith(`${protocol}//`)) && URL.canParse(value),
      toAddressFault(example),
    );

const mongodbAddress = (example: string) =>
  z.string('is required').refine((value) => safeParseMongodbAddress(value) !== null, toAddressFault(example));

/** One that goes into a header as it is. */
const bearerToken = (length: number) =>
  z
    .string()
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces')
    .min(length, `must have at least ${length} characters`);

const privateHosts = z
  .string()
  .default('')
  .transform((value) =>
    value
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ''),
  )
  .refine(
    (entries) => entries.every((entry) => safeParsePrivateHost(entry) !== null),
    'must be HOST[:PORT] or a range such as 10.0.0.0/8, separated by commas',
  );

/** `name=value,name=value`, each value URL-encoded, as OpenTelemetry has them. */
const pairs = z.string().transform((value, ctx): Record<string, string> => {
  const entries = value
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => /^([^=\s]+)=(.+)$/.exec(entry.trim()));
  try {
    return Object.fromEntries(
      entries.map((entry) => [entry?.[1] ?? '', decodeURIComponent(entry?.[2] ?? '%')]),
    );
  } catch {
    ctx.addIssue('must be NAME=VALUE[,NAME=VALUE…], each value URL-encoded');
    return z.NEVER;
  }
});

const SAMPLERS = ['always_on', 'always_off', 'traceidratio'] as const;

/** What traces are sent by; none are taken without an endpoint. The names and forms are OpenTelemetry's. */
export const tracingEnvironment = {
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'], 'http://127.0.0.1:4318').optional(),
  OTEL_EXPORTER_OTLP_HEADERS: pairs.optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_RESOURCE_ATTRIBUTES: pairs.optional(),
  OTEL_TRACES_SAMPLER: z
    .enum(
      [...SAMPLERS, ...SAMPLERS.map((name) => `parentbased_${name}` as const)],
      'must be always_on, always_off or traceidratio, or one of them after parentbased_',
    )
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number('must be a number')
    .min(0, 'must be a share, 0 to 1')
    .max(1, 'must be a share, 0 to 1')
    .optional(),
};

export type TracingConfig = Partial<z.output<z.ZodObject<typeof tracingEnvironment>>>;

/** Every environment variable that a process may read, each parsed the same way wherever it is read. */
export const environment = {
  MONGODB_URI: mongodbAddress('mongodb://127.0.0.1:27017/understudy'),
  REDIS_URL: url(['redis:', 'rediss:'], 'redis://:password@127.0.0.1:6379'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  UNDERSTUDY_DATA_DIR: z.string().default('.understudy'),
  UNDERSTUDY_MASTER_KEYS: masterKeys,
  UNDERSTUDY_BOOTSTRAP_TOKEN: bearerToken(32).optional(),
  UNDERSTUDY_PRIVATE_HOSTS: privateHosts,
  WORKER_CONCURRENCY: count(32, 1_000),
  WORKER_PROCESSES: count(1, 64),
  PUBLIC_URL: url(['http:', 'https:'], 'https://understudy.example.com').optional(),
  TRUST_PROXY: z.coerce.number('must be a number of hops').int().min(0).max(16).default(0),
  METRICS_PORT: port.optional(),
  METRICS_TOKEN: bearerToken(16).optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'must be trace, debug, info, warn, error or silent',
    )
    .default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], 'must be json or pretty').optional(),
  ...tracingEnvironment,
  // Only offered: one that is of no use keeps nobody from starting.
  OPENAI_API_KEY: z.string().trim().optional(),
  ANTHROPIC_API_KEY: z.string().trim().optional(),
};

/** What a process reads of it: the variables of these names. */
export function pickEnvironment<K extends keyof typeof environment>(
  names: readonly K[],
): Pick<typeof environment, K> {
  const picked = names.map((name) => [name, environment[name]]);
  return Object.fromEntries(picked) as Pick<typeof environment, K>;
}

export type Environment = Record<string, string | undefined>;

/**
 * Parses an environment; an empty value counts as absent. Values never appear in a fault, since some are secret.
 * @throws {ConfigError} naming every fault at once.
 */
export function parseConfig<T extends z.ZodRawShape>(shape: T, env: Environment): z.output<z.ZodObject<T>> {
  // OpenTelemetry's are often set for every process of a machine; where nothing is sent, none of them can be wrong.
  const isTraced = Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT']);
  const names = Object.keys(shape).filter((name) => isTraced || !name.startsWith('OTEL_'));
  const present = Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = z.object(shape).safeParse(present);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
}
